/* CStack alone, without Python: many flows on both kinds of stack, resumed in random order at varied depth, with memory that shows when it
 * is not what it was.
 *
 *     cc -std=c11 -O2 -Wall -Wextra -Ireference/native -Wl,--wrap=realloc reference/native/cstack*.[cS] \
 *        reference/native/tests/cstack_test.c -lm && ./a.out [SWITCHES [SEED]]
 *
 * With -DCSTACK_VALGRIND it can run under valgrind, with -fsanitize=address --param asan-stack=0 under AddressSanitizer: a stack that is
 * copied away cannot have red zones, because their shadow does not move along. */
#include "cstack.h"

#include <fenv.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FLOWS 64
#define DEEPEST 40
#define STACK ((size_t)256 * 1024)

enum { UNUSED, SUSPENDED, RUNNING };

typedef struct {
    CStack_Flow flow;
    int number;
    int state;
    uint64_t life; /* how often the slot was used: part of the canaries */
    int rounding;
} Item;

static CStack_Thread *thread;
static Item items[FLOWS + 1]; /* the last is the root */
static Item *now = &items[FLOWS];
static uint64_t seed = 1;
static long switches, wanted = 200000, finished, started[2], refused;
static int winding_up;
static long realloc_fails_in;

void *__real_realloc(void *memory, size_t size);

/* Fails once, after so many calls. */
void *__wrap_realloc(void *memory, size_t size)
{
    if (realloc_fails_in != 0 && --realloc_fails_in == 0) {
        return NULL;
    }
    return __real_realloc(memory, size);
}

#define CHECK(condition)                                                               \
    do {                                                                               \
        if (!(condition)) {                                                            \
            fprintf(stderr, "cstack_test.c:%d: not so: %s\n", __LINE__, #condition); \
            abort();                                                                   \
        }                                                                              \
    } while (0)

/* xorshift64* */
static unsigned draw(unsigned below)
{
    seed ^= seed >> 12;
    seed ^= seed << 25;
    seed ^= seed >> 27;
    return (unsigned)((seed * 2685821657736338717u) >> 33) % below;
}

static CStack_Flow *flow_of(Item *item)
{
    return item->number == FLOWS ? CStack_Root(thread) : &item->flow;
}

static Item *some(int state)
{
    unsigned first = draw(FLOWS + 1);
    for (unsigned i = 0; i <= FLOWS; i++) {
        Item *item = &items[(first + i) % (FLOWS + 1)];
        if (item->state == state) {
            return item;
        }
    }
    return NULL;
}

static void body(CStack_Flow *flow);

/* Gives control to another flow, a new or a suspended one, and takes it back. */
static void move(Item *me)
{
    int failed, rounding = fegetround();
    Item *other = draw(4) == 0 && !winding_up ? some(UNUSED) : some(SUSPENDED);
    if (other == NULL) {
        return;
    }
    int fresh = other->state == UNUSED;
    me->state = SUSPENDED;
    other->state = RUNNING;
    now = other;
    switches++;
    if (fresh) {
        int separate = draw(2) == 0;
        CStack_Bounds bounds;
        memset(&other->flow, 0, sizeof other->flow);
        other->life++;
        started[separate]++;
        if (separate) {
            CHECK((draw(2) == 0 ? CStack_Reserve(thread, &other->flow, STACK, &bounds)
                                : CStack_Share(thread, &other->flow, STACK, 1 + draw(6), &bounds)) == 0);
            CHECK(bounds.size >= STACK);
            if (draw(20) == 0) {
                realloc_fails_in = 1 + draw(2);
            }
        }
        failed = CStack_Start(thread, &other->flow, body);
        realloc_fails_in = 0;
        if (failed) {
            CHECK(separate);
            CStack_Forget(thread, &other->flow);
            started[1]--;
        }
    } else {
        if (draw(50) == 0) {
            realloc_fails_in = 1 + draw(3);
        }
        failed = CStack_Switch(thread, flow_of(other));
        realloc_fails_in = 0;
    }
    if (failed) {
        CHECK(now == other);
        refused++;
        other->state = fresh ? UNUSED : SUSPENDED;
        me->state = RUNNING;
        now = me;
    }
    CHECK(now == me && me->state == RUNNING);
    CHECK(fegetround() == rounding);
}

/* Has locals of a random size on the stack, above and below what it calls. Returns what it was called with, by way of memory. */
static __attribute__((noinline)) uint64_t descend(Item *me, int depth, uint64_t token)
{
    volatile uint64_t canaries[1 + 37];
    size_t size = 1 + draw(37);
    uint64_t key = token ^ me->life << 32 ^ (uint64_t)me->number << 16 ^ (uint64_t)depth;
    for (size_t i = 0; i < size; i++) {
        canaries[i] = key * (i + 1);
    }
    while (draw(3) != 0) {
        if (depth < DEEPEST && draw(2) == 0) {
            CHECK(descend(me, depth + 1, key) == key);
        } else if (switches < wanted || winding_up) {
            move(me);
        }
        for (size_t i = 0; i < size; i++) {
            CHECK(canaries[i] == key * (i + 1));
        }
    }
    return token;
}

static void body(CStack_Flow *flow)
{
    Item *me = (Item *)flow;
    static const int modes[] = {FE_TONEAREST, FE_UPWARD, FE_DOWNWARD, FE_TOWARDZERO};
    CHECK(now == me);
    fesetround(me->rounding = modes[draw(4)]);
    do {
        CHECK(descend(me, 0, 0x1234) == 0x1234);
    } while (!winding_up && draw(3) != 0);
    CHECK(fegetround() == me->rounding);
    for (;;) {
        Item *heir = some(SUSPENDED);
        me->state = UNUSED;
        heir->state = RUNNING;
        now = heir;
        finished++;
        if (draw(20) == 0) {
            realloc_fails_in = 1;
        }
        CStack_Finish(thread, flow_of(heir));
        finished--;
        refused++;
        heir->state = SUSPENDED;
        me->state = RUNNING;
    }
}

/* A flow that was evicted leaves poison behind; one that was not does not. */
static volatile unsigned char *mark;

static void marking(CStack_Flow *flow)
{
    (void)flow;
    volatile unsigned char here[64];
    memset((void *)here, 0x5A, sizeof here);
    mark = here;
    CHECK(CStack_Switch(thread, CStack_Root(thread)) == 0);
    for (size_t i = 0; i < sizeof here; i++) {
        CHECK(here[i] == 0x5A);
    }
    CStack_Finish(thread, CStack_Root(thread));
}

static void poison(int on, int separate)
{
    CStack_Flow flow;
    CStack_Bounds bounds;
    memset(&flow, 0, sizeof flow);
    CStack_SetPoison(thread, on);
    if (separate) {
        CHECK(CStack_Reserve(thread, &flow, STACK, &bounds) == 0);
    }
    CHECK(CStack_Start(thread, &flow, marking) == 0);
    int evicted = on && !separate;
#ifndef CSTACK_VALGRIND
    CHECK(mark[0] == (evicted ? CSTACK_POISON : 0x5A) || (!separate && !on));
#endif
    (void)evicted;
    CHECK(CStack_Switch(thread, &flow) == 0);
    CHECK(flow.memory == NULL);
    CStack_Forget(thread, &flow);
}

/* Many stacks at once, more than the pool keeps, then none. */
static void give_up(CStack_Flow *flow)
{
    (void)flow;
    CStack_Switch(thread, CStack_Root(thread));
    abort();
}

static void forget(void)
{
    static CStack_Flow flows[100];
    CStack_Counters counters;
    for (int i = 0; i < 100; i++) {
        CStack_Bounds bounds;
        CHECK(CStack_Reserve(thread, &flows[i], STACK, &bounds) == 0);
        if (i % 3 != 0) {
            CHECK(CStack_Start(thread, &flows[i], give_up) == 0);
        }
    }
    CStack_Count(thread, &counters);
    CHECK(counters.stacks_in_use == 100);
    for (int i = 0; i < 100; i++) {
        CStack_Forget(thread, &flows[i]);
    }
    CStack_Count(thread, &counters);
    CHECK(counters.stacks_in_use == 0 && counters.stacks_pooled == 16);
}

static void come_and_go(CStack_Flow *flow)
{
    volatile char own = (char)(uintptr_t)flow;
    for (;;) {
        CHECK(own == (char)(uintptr_t)flow);
        CStack_Switch(thread, CStack_Root(thread));
    }
}

/* However many flows share, there are no more stacks than the limit, and those that stand on others' are evicted and come back. */
static void share(void)
{
    static CStack_Flow flows[100];
    CStack_Counters counters;
    for (int i = 0; i < 100; i++) {
        CStack_Bounds bounds;
        CHECK(CStack_Share(thread, &flows[i], STACK, 7, &bounds) == 0);
        CHECK(bounds.size >= STACK);
        CHECK(CStack_Start(thread, &flows[i], come_and_go) == 0);
    }
    CStack_Count(thread, &counters);
    CHECK(counters.stacks_in_use == 7);
    for (int i = 0; i < 100; i += 2) {
        CHECK(CStack_Switch(thread, &flows[i]) == 0);
    }
    for (int i = 0; i < 100; i++) {
        CStack_Forget(thread, &flows[i]);
    }
    CStack_Count(thread, &counters);
    CHECK(counters.stacks_in_use == 0);
}

int main(int argc, char **argv)
{
    CStack_Counters counters;
    if (argc > 1) {
        wanted = atol(argv[1]);
    }
    if (argc > 2) {
        seed = strtoull(argv[2], NULL, 10);
    }
    thread = CStack_Open(1, 16);
    CHECK(thread != NULL);
    for (int i = 0; i <= FLOWS; i++) {
        items[i].number = i;
    }
    now->state = RUNNING;
    for (int on = 0; on < 2; on++) {
        poison(on, 0);
        poison(on, 1);
    }
    while (switches < wanted) {
        descend(now, 0, 0x4321);
        if (draw(2000) == 0) {
            CStack_SetPoison(thread, (int)draw(8));
        }
    }
    winding_up = 1;
    while (some(SUSPENDED) != NULL) {
        move(now);
    }
    for (int i = 0; i < FLOWS; i++) {
        CStack_Forget(thread, &items[i].flow);
    }
    forget();
    share();
    CStack_Count(thread, &counters);
    printf("%ld switches, %ld flows on new stacks, %ld on shared ones, all finished: %s; %llu evictions of %llu bytes; %ld times no memory\n",
           switches, started[1], started[0], finished == started[0] + started[1] ? "yes" : "NO", (unsigned long long)counters.evictions,
           (unsigned long long)counters.bytes, refused);
    CStack_Close(thread);
    return finished != started[0] + started[1];
}
