#!/usr/bin/env python3
"""judge-client.py CLIENT [-o REGEX] [-j N] [-l SECONDS] [-t TABLE.md] [-v] - runs one registry client against every mode of evil_registry.py.

CLIENT is a file clients/NAME.json (or a path): command templates for pull, pull_tls, push and, if it needs another, pull_conf
(lists of words), with {conf} {ref} {image} {out} {certdir} {ca} {authfile} {tag}; "env" adds to the environment; "skip" is a regular expression of modes to leave out. Every template has to leave with an exit status.
Each mode gets its own server process, its own repository, its own HOME. For each mode are held against what a good client does:
the end (works / error), a time limit, signals and panics, credentials at the wrong place, injected headers, bytes and requests
(bounded), files outside the target, and, where it worked, the image that came out (lib/ocicheck.py) or arrived in the registry.
Prints one PASS / FAIL line per mode and last "N passed, N failed". -t writes a markdown table. Standard library only; run as root or not."""
import argparse, base64, concurrent.futures, json, os, re, resource, shutil, signal, subprocess, sys, tempfile, threading, time

HERE = os.path.dirname(os.path.abspath(__file__))
PY = os.environ.get("PYTHON", "/usr/bin/python3")
sys.path.insert(0, HERE)
MIB = 1 << 20


def wait_ready(p):
    line = p.stdout.readline()
    m = re.match(r"READY port=(\d+) elsewhere=(\d+) proxy=(\d+)", line)
    if not m:
        raise RuntimeError("evil_registry did not start: %r" % line)
    return [int(x) for x in m.groups()]


def run_limited(cmd, env, cwd, limit, space=12 << 30):
    """Runs cmd; returns (rc or None if it had to be killed, seconds, peak MiB, stderr)."""
    with tempfile.TemporaryFile() as out:
        t = time.time()
        p = subprocess.Popen(cmd, env=env, cwd=cwd, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT, start_new_session=True,
                             preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (space, space)))  # spares the machine, not the client
        hung = threading.Event()

        def kill():
            hung.set()
            try:
                os.killpg(p.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        timer = threading.Timer(limit, kill)
        timer.start()
        _, st, ru = os.wait4(p.pid, 0)
        timer.cancel()
        p.returncode = os.waitstatus_to_exitcode(st)
        secs = time.time() - t
        out.seek(0)
        text = out.read(200000).decode("utf-8", "replace")
        return (None if hung.is_set() else p.returncode), secs, ru.ru_maxrss / 1024.0, text


def check_layout(d, tag):
    if not os.path.exists(os.path.join(d, "index.json")):
        return None, "no image"
    try:
        idx = json.load(open(os.path.join(d, "index.json")))
    except ValueError:
        return None, "index.json is broken"
    ms = [m for m in idx.get("manifests", [])]
    if not ms:
        return None, "no image"
    names = [(m.get("annotations") or {}).get("org.opencontainers.image.ref.name") for m in ms]
    if tag not in names:
        if len(ms) != 1:
            return None, "no image is named %s" % tag
        ms[0].setdefault("annotations", {})["org.opencontainers.image.ref.name"] = tag
        json.dump(idx, open(os.path.join(d, "index.json"), "w"))
    p = subprocess.run([PY, HERE + "/lib/ocicheck.py", "check", d, tag], capture_output=True, text=True, env=dict(os.environ, JUDGE_STRICT=""))
    bad = [l for l in p.stdout.splitlines() if l.startswith("FAIL")]
    if p.stderr:
        bad.append("FAIL own.reader: " + p.stderr.strip().splitlines()[-1])
    dg = [m["digest"] for m in ms if (m.get("annotations") or {}).get("org.opencontainers.image.ref.name") == tag][0]
    return (not bad), ("; ".join(bad)[:200] if bad else dg)


def one(name, m, cl, a, shared):
    W = tempfile.mkdtemp(prefix="jc-")
    try:
        log, out, stored, home = W + "/log", W + "/out", W + "/store", W + "/home"
        os.makedirs(home + "/.docker")
        for again in range(20):  # its ports are free when it looks, and may be another's when it takes them
            srv = subprocess.Popen([PY, HERE + "/evil_registry.py", "--mode", name, "--certs", shared + "/certs", "--log", log, "--store", stored],
                                   stdout=subprocess.PIPE, stderr=subprocess.DEVNULL if again < 19 else None, text=True)
            try:
                port, other, proxy = wait_ready(srv)
                break
            except RuntimeError:
                srv.wait()
                if again == 19:
                    raise
        try:
            host = "%s:%d" % ((m["tls"] or {}).get("host") or m["host"] or "127.0.0.1", port)
            ref = m["ref"] or "%s/evil/%s:%s" % (host, name, m["tag"])
            auth = {}
            up = base64.b64encode(b"user:secret").decode()
            if m["auth"] and not m["nocreds"]:
                if m["identity"]:
                    auth[host] = {"auth": base64.b64encode(b"<token>:").decode(), "identitytoken": "idtok"}
                elif m["namespaced"]:
                    auth[host] = {"auth": base64.b64encode(b"other:wrong").decode()}
                    auth[host + "/evil"] = {"auth": up}
                    auth[host + "/evil/another"] = {"auth": base64.b64encode(b"third:wrong").decode()}
                else:
                    auth[host] = {"auth": up}
            authfile = home + "/.docker/config.json"
            doc = {"auths": auth}
            kind = m["authkind"]
            if kind in ("helper", "store", "helper-fails"):
                os.makedirs(W + "/bin")
                with open(W + "/bin/docker-credential-kmltest", "w") as o:
                    o.write("#!/bin/sh\nread h\necho \"$1 $h\" >>%s/helper.log\n" % W + ("echo broken >&2; exit 1\n" if kind == "helper-fails" else
                            "case $1 in get) ;; list) echo '{}'; exit;; *) exit 1;; esac\ncase $h in *%s*) printf '{\"ServerURL\":\"%%s\",\"Username\":\"user\",\"Secret\":\"secret\"}' \"$h\";; *) echo 'credentials not found in native keychain'; exit 1;; esac\n" % host))
                os.chmod(W + "/bin/docker-credential-kmltest", 0o755)
                doc = {"auths": {host: {}}, "credsStore": "kmltest"} if kind == "store" else {"auths": {host: {}}, "credHelpers": {host: "kmltest"}}
            elif kind == "url":
                doc = {"auths": {"http://%s/v1/" % host: auth[host]}}
            elif kind == "nulls":
                doc = {"auths": {"other.test": {}, "third.test": {"auth": ""}, host: auth[host], "fourth.test": {"auth": None}}, "HttpHeaders": {"User-Agent": "x"}, "psFormat": "table"}
            elif kind == "userpass":
                doc = {"auths": {host: {"username": "user", "password": "secret", "email": "a@b"}}}
            json.dump(doc, open(authfile, "w"))
            if kind == "broken":
                open(authfile, "w").write('{"auths": {"%s": ' % host)
            certdir = W + "/certs"
            os.makedirs(certdir)
            shutil.copy(shared + "/certs/ca.crt", certdir + "/ca.crt")
            if (m["tls"] or {}).get("client"):
                for x in ("cert", "key"):
                    shutil.copy(shared + "/certs/client." + x, certdir + "/client." + x)
            side = "push" if m["side"] == "push" else "pull_tls" if m["tls"] else "pull"
            if m["conf"] and "pull_conf" in cl:
                side = "pull_conf"
            f = dict(conf=W + "/registries.conf", ref=ref, image=shared + "/image", out=out, certdir=certdir, ca=certdir + "/ca.crt", authfile=authfile, tag=m["tag"], here=HERE)
            cmd = [w.format(**f) for w in cl[side]]
            env = {"PATH": os.environ["PATH"], "HOME": home, "DOCKER_CONFIG": home + "/.docker", "REGISTRY_AUTH_FILE": authfile, "XDG_RUNTIME_DIR": home, "TMPDIR": W, "LANG": "C.UTF-8"}
            if m["authkind"] in ("helper", "store", "helper-fails"):
                env["PATH"] = W + "/bin:" + env["PATH"]
            if m["proxy"]:
                at = {"auth": "http://prox:y%%20pw@127.0.0.1:%d" % proxy, "no": "http://127.0.0.1:9"}.get(m["proxy"], "http://127.0.0.1:%d" % proxy)
                env.update(HTTPS_PROXY=at, HTTP_PROXY=at, https_proxy=at, http_proxy=at)
                env.update({"NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1"} if m["proxy"] == "no" else {})
            if m["conf"]:
                with open(W + "/registries.conf", "w") as o:
                    o.write(m["conf"].replace("{host}", host))
                env["CONTAINERS_REGISTRIES_CONF"] = W + "/registries.conf"
            env.update({k: v.format(**f) for k, v in cl.get("env", {}).items()})
            rc, secs, peak, text = run_limited(cmd, env, W, a.limit)
            time.sleep(0.05)
        finally:
            srv.kill()
            srv.wait()
        recs, lines = [], 0
        if os.path.exists(log):
            with open(log) as lf:
                for l in lf:
                    lines += 1
                    if lines <= 400:
                        recs.append(json.loads(l))
        req = [r for r in recs if "method" in r]
        sent, recv = sum(r["sent"] for r in req), sum(r["recv"] for r in req)
        why, notes = [], []
        # --- never
        if rc is None:
            why.append("did not end within %d s" % a.limit)
        elif rc < 0 or rc in (134, 139):
            why.append("died of signal %d" % (-rc if rc < 0 else rc - 128))
        if re.search(r"^(panic|fatal error|goroutine 1|==\d+==ERROR|.*Sanitizer)", text, re.M):
            why.append("panic in its output")
        if any(r.get("note") == "LEAK" for r in req):
            why.append("credentials went to another origin: %s" % [r["authorization"][:16] for r in req if r.get("note") == "LEAK"][0])
        if any("x-injected" in r for r in req):
            why.append("a header was injected")
        if m["tls"] and any(r["at"] == "elsewhere" and "authorization" in r for r in req):
            why.append("credentials went in clear: %s" % [r["authorization"][:16] for r in req if r["at"] == "elsewhere" and "authorization" in r][0])
        for r in req:
            if r["at"] == "elsewhere" and r.get("authorization", "").startswith("Bearer") and name != "redirect-relative":
                why.append("a Bearer token went to another origin")
                break
        if os.path.exists("/tmp/kml-judge-escape"):
            why.append("wrote outside its target")
            os.unlink("/tmp/kml-judge-escape")
        if any(c in text for c in ("\x1b[31m",)):
            notes.append("prints terminal escapes")
        if "secret" in re.sub(r"config\.json|secrets?[ :]", "", text):
            notes.append("prints the password?")
        if lines > 150:
            why.append("%d%s requests" % (lines, " or more" if lines >= 20000 else ""))
        if name.startswith("endless") or name in ("token-endless", "huge-manifest", "long-body", "size-high", "size-max"):
            if sent > 48 * MIB:
                why.append("took %d MiB" % (sent // MIB))
        if name in ("401-loop", "401-wrong-password", "403", "404-blob", "push-denied") and len(req) > 16:
            why.append("%d requests for a plain no" % len(req))
        if peak > a.rss:
            why.append("peak memory %d MiB" % peak)
        # --- the end
        valid, what = (None, "")
        if m["side"] == "push":
            if rc == 0:
                valid, what = check_layout(stored, m["tag"])
                if name == "push-exists":
                    valid = True
                    if any(r.get("note") == "NEEDLESS" for r in req):
                        notes.append("began an upload although all was there")
        elif rc == 0 and m["side"] != "content":
            valid, what = check_layout(out, m["tag"])
        if m["proxy"] in ("env", "auth") and rc == 0 and not any(r["at"] == "proxy" for r in req):
            why.append("did not go through the proxy")
        if any(r["at"] != "proxy" and "proxy-authorization" in r for r in req):
            why.append("the proxy's login went to the registry")
        if m["authkind"] in ("helper", "store") and rc == 0 and not os.path.exists(W + "/helper.log"):
            why.append("the helper was not asked")
        if m["side"] == "content":
            if m["expect"] == "ok" and rc != 0:
                why.append("refused a good image")
        elif m["expect"] == "ok":
            if rc not in (0, None):
                if m["soft"]:
                    notes.append("an error (allowed)")
                else:
                    why.append("ended with %s" % rc)
            elif rc == 0 and not valid:
                why.append("said yes, but: %s" % what)
        elif m["expect"] == "fail":
            if rc == 0:
                if m["soft"] and valid:
                    notes.append("worked (allowed)")
                else:
                    why.append("said yes" + ("" if valid else " and left a broken image: %s" % what))
        elif rc == 0 and valid is False and name not in ("wrong-diff-id", "artifact", "foreign-layer", "no-layers", "null-fields", "twice-key", "nul-json", "many-layers", "index-missing"):
            why.append("said yes and left a broken image: %s" % what)
        # --- particular
        def gap(target):
            ts = [r for r in req if r["target"].split("?")[0].endswith(target)]
            return ts[1]["t"] - ts[0]["t"] if len(ts) > 1 else None
        if name in ("429-retry-after", "503-retry-after") and rc == 0:
            g = gap("/manifests/t")
            if g is not None and g < 1.8:
                why.append("came back after %.1f s, told to wait 2" % g)
        big = [r for r in req if r["sent"] > 100000]
        if name in ("reset-mid", "reset-norange", "close-mid") and rc == 0:
            n = sum(r["sent"] for r in big)
            notes.append("resumed" if n < 3.6 * MIB else "began anew (%.1f MiB for a blob of 3)" % (n / MIB))
        if name in ("push-resume", "push-reset") and rc == 0:
            notes.append("resumed" if recv < 4.2 * MIB else "began anew (%.1f MiB for a blob of 3)" % (recv / MIB))
        if name in ("500-once", "502-twice", "429-date") and rc == 0:
            g = gap("/manifests/t")
            if g is not None:
                notes.append("waited %.1f s" % g)
        msg = ""
        if rc != 0:
            ls = [l for l in text.replace("\r", "\n").splitlines() if l.strip()]
            pick = [l for l in ls if re.search(r"level=fatal|[Ee]rror|FATA", l)] or ls
            msg = (pick[-1] if pick else "").strip()
            msg = re.sub(r'time="[^"]*" level=fatal msg=', "", msg)
            msg = re.sub(r"jc-\w+", "W", re.sub(r"127\.0\.0\.1:\d+", "HOST", msg))
        return dict(name=name, m=m, rc=rc, secs=secs, peak=peak, requests=max(len(req), lines if lines > 150 else 0), sent=sent, recv=recv, why=why, notes=notes, msg=msg, text=text)
    finally:
        shutil.rmtree(W, ignore_errors=True)


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("client")
    ap.add_argument("-o", "--only", default=".")
    ap.add_argument("-j", type=int, default=2)
    ap.add_argument("-l", "--limit", type=float, default=90)
    ap.add_argument("-t", "--table")
    ap.add_argument("--rss", type=float, default=512)
    ap.add_argument("--results")
    ap.add_argument("-v", action="store_true")
    a = ap.parse_args()
    path = a.client if os.path.exists(a.client) else "%s/clients/%s.json" % (HERE, a.client)
    cl = json.load(open(path))
    modes = json.loads(subprocess.run([PY, HERE + "/evil_registry.py", "--json"], capture_output=True, text=True, check=True).stdout)
    modes = {n: m for n, m in modes.items() if re.search(a.only, n) and not re.search(cl.get("skip", "^$"), n)}
    shared = tempfile.mkdtemp(prefix="jc-shared-")
    try:
        subprocess.run(["sh", HERE + "/lib/make-certs.sh", shared + "/certs"], check=True, stdout=subprocess.DEVNULL)
        import evil_registry as ev
        i = ev.fresh()
        ev.mk.simple(i, shared + "/image")
        order = sorted(modes, key=lambda n: (not modes[n]["slow"]))  # the slow ones first, so that they overlap
        res = {}
        with concurrent.futures.ThreadPoolExecutor(a.j) as ex:
            for r in ex.map(lambda n: one(n, modes[n], cl, a, shared), order):
                res[r["name"]] = r
        rows = [res[n] for n in modes]
        p = f = 0
        for r in rows:
            ok = not r["why"]
            p, f = p + ok, f + (not ok)
            print("%s %s: %s%s%s" % ("PASS" if ok else "FAIL", r["name"], "worked" if r["rc"] == 0 else "hung" if r["rc"] is None else "error",
                                     "; " + "; ".join(r["why"] + r["notes"]) if r["why"] or r["notes"] else "", "" if not (a.v and r["msg"]) else "\n     " + r["msg"][:300]))
        if a.table:
            with open(a.table, "w") as o:
                o.write("| mode | expected | %s | s | MiB peak | requests | verdict | remarks | message |\n|---|---|---|---|---|---|---|---|---|\n" % cl.get("name", a.client))
                for r in rows:
                    esc = lambda s: re.sub(r"[|\n]", " ", "".join(c if c.isprintable() else "?" for c in s))
                    o.write("| %s | %s | %s | %.1f | %.0f | %d | %s | %s | %s |\n" % (
                        r["name"], {"ok": "works", "fail": "error", "any": "either"}[r["m"]["expect"]] + ("*" if r["m"]["soft"] else ""),
                        "works" if r["rc"] == 0 else "**hangs**" if r["rc"] is None else "error", r["secs"], r["peak"], r["requests"], "pass" if not r["why"] else "**FAIL**",
                        esc("; ".join(r["why"] + r["notes"])), esc(r["msg"])[:220]))
        if a.results:
            json.dump([{k: v for k, v in r.items() if k != "m"} for r in rows], open(a.results, "w"))
        print("%d passed, %d failed" % (p, f))
        return 1 if f else 0
    finally:
        shutil.rmtree(shared, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
