/* Crashes: an access that the processor refused. Under FtMallocGuard those to guarded blocks are told, under
 * FtMallocDebug all. */
#ifndef FT_DEBUG_CRASH_H
#define FT_DEBUG_CRASH_H

/* Watches for them, when a switch asks for it; once, at the start of the process. */
void crash_start(void);

#endif
