/* Writes an edge as docs/explore.md has it: the state before, the command, the outcome, the state after. Part of the verifier that SPIN makes of
 * pystate.pml, with EDGES defined; it reads the state and changes nothing. */
#include <stdio.h>
#include <string.h>

static const char *const edge_statuses[] = {
	"ok", "inapplicable", "entered", "limit-too-low", "detached", "finalizing", "invalid-handle", "not-empty", "not-saved", "consumed", "discarded",
	"abandoned", "wrong-interpreter", "wrong-thread", "pending", "bad-stack", "no-memory", "has-frames", "handling", "in-recursion", "tracing",
	"not-a-context", "recursion-error"};

static const char *const edge_blocks[] = {
	"", "call0", "call1", "call2", "trace", "profile", "del", "repr", "trash", "jit0", "jit1", "jit2", "e1", "e2", "e3", "e1!cleared", "e2!cleared",
	"e3!cleared", "ctrace", "native", "recovering", "context0"};

static char edge_before[4096];

static char *edge_flow(char *out, const struct Flow *flow)
{
	*out++ = '[';
	for (int i = 0; i < flow->count; i++)
		out += sprintf(out, i == 0 ? "%s" : " %s", edge_blocks[flow->block[i]]);
	*out++ = ']';
	if (flow->context)
		out += sprintf(out, "+context");
	if (flow->base != 0)
		out += sprintf(out, "+base%d", flow->base);
	if (flow->cbase != 0)
		out += sprintf(out, "+cbase%d", flow->cbase);
	return out;
}

static char *edge_field(char *out, const char *name, int value)
{
	return value == 0 ? out : out + sprintf(out, ",%s=%d", name, value);
}

static void edge_state(char *out)
{
	static const char *const contexts[] = {"none", "left", "entered", "entered-within"};
	static const char *const lives[] = {"null", "empty", "live", "consumed", "discarded", "abandoned", "dropped"};
	out += sprintf(out, "active=t%d", now.running);
	if (now.detached)
		out += sprintf(out, ",detached");
	if (now.finalizing)
		out += sprintf(out, ",finalizing");
	out = edge_field(out, "limit0", now.limit[0]);
	out = edge_field(out, "limit1", now.limit[1]);
#if CMD_context || CMD_set_context
	out += sprintf(out, ",context=%s", contexts[now.user_context]);
#endif
	(void)contexts;
	for (int t = 0; t < THREADS; t++) {
		out = edge_flow(out + sprintf(out, " t%d=", t), &now.thread[t].flow);
		out = edge_field(out, "pending", now.thread[t].pending);
		out = edge_field(out, "trace", now.thread[t].trace_function);
		out = edge_field(out, "profile", now.thread[t].profile_function);
		out = edge_field(out, "local", now.thread[t].own_value);
		out = edge_field(out, "async", now.thread[t].async);
	}
	for (int h = 0; h < HANDLES; h++) {
		if (now.handle[h].life == 2) {
			out = edge_flow(out + sprintf(out, " h%d=live@t%d:", h, now.handle[h].owner), &now.handle[h].flow);
		} else {
			out += sprintf(out, " h%d=%s", h, lives[now.handle[h].life]);
		}
	}
	*out = 0;
}

static void edge_begin(void)
{
	edge_state(edge_before);
}

static void edge_end(const char *command, int a, int b, int gives)
{
	char after[4096];
	edge_state(after);
	printf("%s\t", edge_before);
	printf(command, a, b);
	printf("\t%s", edge_statuses[outcome]);
	if (gives && outcome == 0)
		printf(" %d", number);
	printf("\t%s\n", after);
}
