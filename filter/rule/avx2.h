/* Functions for processors with AVX2, which only code that asked the processor may call. */
#pragma once

#include <stdbool.h>

#if defined(__x86_64__)
#include <immintrin.h>
#define RULE_HAS_AVX2 1
#define RULE_AVX2 __attribute__((target("avx2,bmi,bmi2,lzcnt,popcnt")))
#define RULE_AVX2_HERE (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi2"))
#else
#define RULE_HAS_AVX2 0
#define RULE_AVX2_HERE false
#endif
