// SPDX-License-Identifier: Apache-2.0
//
// First instructions of the boot loader and of the firmware: trap vector, stack, thread pointer, empty data; then machine_main.
// Only hart 0 runs. A trap has a stack of its own: the program's may be what is wrong.

// clang-format off
__asm__(
	".section .text.start, \"ax\"\n"
	".globl _start\n"
	"_start:\n"
	"csrr t0, mhartid\n"
	"bnez t0, sleep\n"
	"csrci mstatus, 8\n"
	"csrw mie, zero\n"
	".option push\n"
	".option norelax\n"
	"la gp, __global_pointer$\n"
	".option pop\n"
	"la t0, trap\n"
	"csrw mtvec, t0\n"
	"la sp, __stack_top\n"
	"la tp, __tls_start\n"
	"la t0, __bss_start\n"
	"la t1, __bss_end\n"
	"clear:\n"
	"bgeu t0, t1, run\n"
	"sw zero, 0(t0)\n"
	"addi t0, t0, 4\n"
	"j clear\n"
	"run:\n"
	"call machine_main\n"
	"sleep:\n"
	"wfi\n"
	"j sleep\n"
	".balign 4\n"
	"trap:\n"
	"la sp, __trap_stack_top\n"
	"csrr a0, mcause\n"
	"csrr a1, mepc\n"
	"csrr a2, mtval\n"
	"call machine_trap\n"
	".text\n"
);
