/* The machine-dependent part of a switch: Boost.Context's two assembly routines, by their C names. docs/decisions/0011 says why these.
 *
 * They are linked from the static library (-l:libboost_context.a), which pulls in these two objects alone: position-independent, without
 * C++, so that an extension module needs nothing of Boost at run time. Boost documents them as `boost::context::detail` and has kept name
 * and meaning since 1.61.
 *
 * Control words. jump_fcontext saves and restores the registers that the System V ABI makes the callee's, and on x86-64 MXCSR and the x87
 * control word with them; on aarch64 d8 to d15, but not FPCR. So a rounding mode or an exception mask belongs to the flow that set it, as it
 * would for a call that returns: the psABI makes the control bits of both callee-saved (AMD64 ABI 1.0, 3.2.3). A fresh flow starts with those in
 * force where it is made. */
#ifndef CSTACK_MACHINE_H
#define CSTACK_MACHINE_H

#include <stddef.h>

/* The stack pointer of a suspended flow: its registers are stored there and nothing of it lies below. */
typedef void *fcontext_t;

/* What arrives with control: who gave it, suspended, and what that one passed. */
typedef struct {
    fcontext_t from;
    void *data;
} transfer_t;

/* Suspends the caller, resumes `to` and hands it `data`. Returns when something jumps to the caller. */
extern transfer_t jump_fcontext(fcontext_t to, void *data);

/* Prepares the top of the stack [top - size, top) so that a jump there calls entry, which never returns. Writes 64 bytes (x86-64), 176 (aarch64). */
extern fcontext_t make_fcontext(void *top, size_t size, void (*entry)(transfer_t));

#endif
