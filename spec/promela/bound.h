/* What a bound unrolls to: Promela has neither functions over arrays nor empty arrays. Included by pystate.pml. */
#if DEPTH > 0
#define ROOM DEPTH
#else
#define ROOM 1
#endif

/* ANY_BLOCK(f, p): some block has it.  SUM_BLOCKS(f, n): over all blocks.  INNERMOST(f, p, v): v of the innermost block that has p, or 0.
 * EACH_BLOCK(S): S(i) for each. */
#define ANY_1(f, p) p(f.block[0])
#define SUM_1(f, n) n(f.block[0])
#define INNER_1(f, p, v) (p(f.block[0]) -> v(f.block[0]) : 0)
#define EACH_1(S) S(0)
#if ROOM > 1
#define ANY_2(f, p) ANY_1(f, p) || p(f.block[1])
#define SUM_2(f, n) SUM_1(f, n) + n(f.block[1])
#define INNER_2(f, p, v) (p(f.block[1]) -> v(f.block[1]) : INNER_1(f, p, v))
#define EACH_2(S) EACH_1(S); S(1)
#endif
#if ROOM > 2
#define ANY_3(f, p) ANY_2(f, p) || p(f.block[2])
#define SUM_3(f, n) SUM_2(f, n) + n(f.block[2])
#define INNER_3(f, p, v) (p(f.block[2]) -> v(f.block[2]) : INNER_2(f, p, v))
#define EACH_3(S) EACH_2(S); S(2)
#endif
#if ROOM > 3
#define ANY_4(f, p) ANY_3(f, p) || p(f.block[3])
#define SUM_4(f, n) SUM_3(f, n) + n(f.block[3])
#define INNER_4(f, p, v) (p(f.block[3]) -> v(f.block[3]) : INNER_3(f, p, v))
#define EACH_4(S) EACH_3(S); S(3)
#endif
#if ROOM > 4
#define ANY_5(f, p) ANY_4(f, p) || p(f.block[4])
#define SUM_5(f, n) SUM_4(f, n) + n(f.block[4])
#define INNER_5(f, p, v) (p(f.block[4]) -> v(f.block[4]) : INNER_4(f, p, v))
#define EACH_5(S) EACH_4(S); S(4)
#endif
#if ROOM > 5
#define ANY_6(f, p) ANY_5(f, p) || p(f.block[5])
#define SUM_6(f, n) SUM_5(f, n) + n(f.block[5])
#define INNER_6(f, p, v) (p(f.block[5]) -> v(f.block[5]) : INNER_5(f, p, v))
#define EACH_6(S) EACH_5(S); S(5)
#endif
#define OF_ROOM2(name, n) name##_##n
#define OF_ROOM(name, n) OF_ROOM2(name, n)
#define ANY_BLOCK(f, p) (OF_ROOM(ANY, ROOM)(f, p))
#define SUM_BLOCKS(f, n) (OF_ROOM(SUM, ROOM)(f, n))
#define INNERMOST(f, p, v) (OF_ROOM(INNER, ROOM)(f, p, v))
#define EACH_BLOCK(S) OF_ROOM(EACH, ROOM)(S)

/* S(h) for each handle, S(t) for each thread but the main one, as statements. */
#define EACH_H1(S) S(0)
#define EACH_H2(S) EACH_H1(S); S(1)
#define EACH_H3(S) EACH_H2(S); S(2)
#define EACH_H4(S) EACH_H3(S); S(3)
#define OF_HANDLES2(n) EACH_H##n
#define OF_HANDLES(n) OF_HANDLES2(n)
#define EACH_HANDLE(S) OF_HANDLES(HANDLES)(S)
#define EACH_T1(S) skip
#define EACH_T2(S) S(1)
#define EACH_T3(S) S(1); S(2)
#define OF_THREADS2(n) EACH_T##n
#define OF_THREADS(n) OF_THREADS2(n)
#define EACH_OTHER_THREAD(S) OF_THREADS(THREADS)(S)

/* C(h), C(v) as options of a choice: one for each handle; for each value from 0, and from 1; for each label; for each thread. */
#define OPTIONS_1(C) C(0)
#define OPTIONS_2(C) OPTIONS_1(C) C(1)
#define OPTIONS_3(C) OPTIONS_2(C) C(2)
#define OPTIONS_4(C) OPTIONS_3(C) C(3)
#define FROM_1_1(C) C(1)
#define FROM_1_2(C) FROM_1_1(C) C(2)
#define FROM_1_3(C) FROM_1_2(C) C(3)
#define OPTIONS2(n) OPTIONS_##n
#define OPTIONS(n) OPTIONS2(n)
#define FROM2(n) FROM_1_##n
#define FROM(n) FROM2(n)
#define PER_HANDLE(C) OPTIONS(HANDLES)(C)
#define PER_LABEL(C) OPTIONS(VALUES)(C)
#define PER_THREAD(C) OPTIONS(THREADS)(C)
#define PER_VALUE(C) FROM(VALUES)(C)
#define PER_VALUE_OR_NONE(C) C(0) PER_VALUE(C)
/* A script has two trace and two profile functions, however many values. */
#if VALUES > 1
#define PER_FUNCTION_OR_NONE(C) C(0) C(1) C(2)
#else
#define PER_FUNCTION_OR_NONE(C) C(0) C(1)
#endif
