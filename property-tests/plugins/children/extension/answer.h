/* Beside the source: a change here must lead to another build. */
#define ANSWER 39
