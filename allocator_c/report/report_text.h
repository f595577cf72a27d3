/* The words of a report. */
#ifndef FT_REPORT_REPORT_TEXT_H
#define FT_REPORT_REPORT_TEXT_H

#include "base/text.h"
#include "report/fault.h"

/* The names of the function and of the module's file; empty where they are not known. */
void report_text_names(uint64_t address, char *function, size_t function_bytes, char *module, size_t module_bytes);
/* "    #0 ", in front of each frame of a stack. */
void report_text_frame_number(struct text *text, unsigned number);
/* "0x… in function+0x1b (module+0x11ab)" and the line's end. */
void report_text_frame(struct text *text, uint64_t address);
/* The whole report. */
void report_text_fault(struct text *text, const struct fault *fault);

#endif
