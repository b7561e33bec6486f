/* The machine-dependent part of a switch: two functions in assembly, cstack_machine.S.
 *
 * Control words. The registers that the System V ABI makes the callee's are saved and restored, and with them the control bits for floating-point
 * arithmetic: MXCSR's and the x87 control word (AMD64 ABI 1.0, 3.2.3), on aarch64 FPCR (AAPCS64, 6.1.2). So a rounding mode or an exception mask
 * belongs to the flow that set it, as it would for a call that returns. A fresh flow starts with those in force where it is made. */
#ifndef CSTACK_MACHINE_H
#define CSTACK_MACHINE_H

#include <stddef.h>

/* What arrives with control: the stack pointer of who gave it, who is suspended, and what that one passed. A suspended flow's registers are stored at
 * its stack pointer, and nothing of it lies below. */
typedef struct {
    void *from;
    void *data;
} CStack_Transfer;

/* Suspends the caller, resumes `to` and hands it `data`. Returns when something jumps to the caller. */
extern CStack_Transfer cstack_jump(void *to, void *data);

/* Prepares a stack that ends at top so that a jump to the stack pointer that it answers calls entry, which never returns. Writes 64 bytes below
 * top (x86-64), 176 (aarch64), and at most 15 for its alignment. */
extern void *cstack_prepare(void *top, void (*entry)(CStack_Transfer));

#endif
