/* The machine-dependent part of a switch: see cstack_machine.h, which says what the two functions do, and docs/decisions/0014, which says why they
 * are here. System V ABIs of x86-64 and aarch64.
 *
 * The registers that a callee keeps are stored below the caller's stack pointer, and the address under which they lie is the flow's stack pointer.
 * The return is a `ret`: processors predict where it leads from a stack of their own that calls push to and returns pop from. A jump
 * through a register in its place leaves that stack one entry too high, and every return on the way up to the interpreter is mispredicted. All flows
 * leave from the same few places, so that with `ret` the predictions are right on the other side of the switch as well. */

#if defined(__x86_64__) && defined(__ELF__)

/* What lies under a suspended flow's stack pointer, in bytes from it:
 *      0 MXCSR     4 x87 control word     8 r15    16 r14    24 r13    32 r12    40 rbx    48 rbp    56 where it returns to */

        .text
        .globl  cstack_jump
        .hidden cstack_jump
        .type   cstack_jump, @function
        .p2align 4
cstack_jump:                            /* rdi: to; rsi: data */
        .cfi_startproc
        pushq   %rbp
        .cfi_adjust_cfa_offset 8
        pushq   %rbx
        .cfi_adjust_cfa_offset 8
        pushq   %r12
        .cfi_adjust_cfa_offset 8
        pushq   %r13
        .cfi_adjust_cfa_offset 8
        pushq   %r14
        .cfi_adjust_cfa_offset 8
        pushq   %r15
        .cfi_adjust_cfa_offset 8
        subq    $8, %rsp
        .cfi_adjust_cfa_offset 8
        stmxcsr (%rsp)
        fnstcw  4(%rsp)
        movl    (%rsp), %ecx
        movzwl  4(%rsp), %r8d
        movq    %rsp, %rax              /* answered: from */
        movq    %rdi, %rsp
        /* Loading them costs more than all the rest, and nearly always they are what they were. The low six bits of MXCSR are status, which no call keeps. */
        xorl    (%rsp), %ecx
        testl   $0xffc0, %ecx
        jne     3f
1:      cmpw    4(%rsp), %r8w
        jne     4f
2:      addq    $8, %rsp
        .cfi_adjust_cfa_offset -8
        popq    %r15
        .cfi_adjust_cfa_offset -8
        popq    %r14
        .cfi_adjust_cfa_offset -8
        popq    %r13
        .cfi_adjust_cfa_offset -8
        popq    %r12
        .cfi_adjust_cfa_offset -8
        popq    %rbx
        .cfi_adjust_cfa_offset -8
        popq    %rbp
        .cfi_adjust_cfa_offset -8
        movq    %rsi, %rdx              /* answered: data */
        ret
        .cfi_adjust_cfa_offset 56
3:      ldmxcsr (%rsp)
        jmp     1b
4:      fldcw   4(%rsp)
        jmp     2b
        .cfi_endproc
        .size   cstack_jump, . - cstack_jump

        .globl  cstack_prepare
        .hidden cstack_prepare
        .type   cstack_prepare, @function
        .p2align 4
cstack_prepare:                         /* rdi: top; rsi: entry */
        .cfi_startproc
        andq    $-16, %rdi
        leaq    -64(%rdi), %rax
        stmxcsr (%rax)
        fnstcw  4(%rax)
        movq    %rsi, 40(%rax)
        movq    $0, 48(%rax)            /* a chain of frame pointers ends here */
        leaq    first(%rip), %rcx
        movq    %rcx, 56(%rax)
        ret
        .cfi_endproc
        .size   cstack_prepare, . - cstack_prepare

        .type   first, @function
first:  .cfi_startproc
        .cfi_undefined rip              /* nothing has called it: unwinding ends here */
        movq    %rax, %rdi
        movq    %rdx, %rsi
        call    *%rbx
        ud2
        .cfi_endproc
        .size   first, . - first

#elif defined(__aarch64__) && defined(__ELF__)

/* What lies under a suspended flow's stack pointer, in bytes from it: 0 d8 to d15, 64 x19 to x28, 144 x29, 152 where it returns to, 160 FPCR. */

        .text
        .globl  cstack_jump
        .hidden cstack_jump
        .type   cstack_jump, %function
        .p2align 4
cstack_jump:                            /* x0: to; x1: data, where it is answered as well */
        .cfi_startproc
        sub     sp, sp, #176
        .cfi_adjust_cfa_offset 176
        stp     d8, d9, [sp, #0]
        stp     d10, d11, [sp, #16]
        stp     d12, d13, [sp, #32]
        stp     d14, d15, [sp, #48]
        stp     x19, x20, [sp, #64]
        stp     x21, x22, [sp, #80]
        stp     x23, x24, [sp, #96]
        stp     x25, x26, [sp, #112]
        stp     x27, x28, [sp, #128]
        stp     x29, x30, [sp, #144]
        mrs     x3, fpcr
        str     x3, [sp, #160]
        mov     x2, sp
        mov     sp, x0
        ldr     x4, [sp, #160]
        cmp     x3, x4
        b.ne    2f
1:      ldp     d8, d9, [sp, #0]
        ldp     d10, d11, [sp, #16]
        ldp     d12, d13, [sp, #32]
        ldp     d14, d15, [sp, #48]
        ldp     x19, x20, [sp, #64]
        ldp     x21, x22, [sp, #80]
        ldp     x23, x24, [sp, #96]
        ldp     x25, x26, [sp, #112]
        ldp     x27, x28, [sp, #128]
        ldp     x29, x30, [sp, #144]
        add     sp, sp, #176
        .cfi_adjust_cfa_offset -176
        mov     x0, x2                  /* answered: from */
        ret
        .cfi_adjust_cfa_offset 176
2:      msr     fpcr, x4
        b       1b
        .cfi_endproc
        .size   cstack_jump, . - cstack_jump

        .globl  cstack_prepare
        .hidden cstack_prepare
        .type   cstack_prepare, %function
        .p2align 4
cstack_prepare:                         /* x0: top; x1: entry */
        .cfi_startproc
        and     x0, x0, #-16
        sub     x0, x0, #176
        mrs     x3, fpcr
        str     x3, [x0, #160]
        adr     x2, first
        stp     xzr, x2, [x0, #144]     /* a chain of frame pointers ends here */
        str     x1, [x0, #64]
        ret
        .cfi_endproc
        .size   cstack_prepare, . - cstack_prepare

        .type   first, %function
first:  .cfi_startproc
        .cfi_undefined x30              /* nothing has called it: unwinding ends here */
        blr     x19
        brk     #0
        .cfi_endproc
        .size   first, . - first

#else
#  error "no jump between C stacks for this machine: add its System V ABI here"
#endif

        .section .note.GNU-stack, "", %progbits
