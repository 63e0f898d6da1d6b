/* ini.h - inih as kml.ini wants it: strict, and with what inih leaves optional
 * in one place, since the handler's type depends on it. */
#define INI_ALLOW_MULTILINE 0
#define INI_ALLOW_BOM 1
#define INI_ALLOW_NO_VALUE 0
#define INI_ALLOW_INLINE_COMMENTS 1
#define INI_INLINE_COMMENT_PREFIXES ";"
#define INI_START_COMMENT_PREFIXES ";#"
#define INI_CALL_HANDLER_ON_NEW_SECTION 1
#define INI_HANDLER_LINENO 1
#define INI_STOP_ON_FIRST_ERROR 1
#define INI_USE_STACK 1
#define INI_MAX_LINE 4096
#include "inih/ini.h"
