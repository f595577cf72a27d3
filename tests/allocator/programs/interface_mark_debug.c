/* The same under FtMallocDebug.
 * options: FtMallocDebug=1
 * modes: linked
 * exit: 0
 */
#include "interface_mark.c"
