// What Numba's code asks for where there is neither Python nor a C library: memory, matrix products,
// a few functions. Errors of Numba's that the kernels never meet end in a trap.
#include <wasm_simd128.h>

typedef long long i64;
typedef unsigned long long u64;
typedef unsigned char u8;
typedef unsigned int u32;
typedef __SIZE_TYPE__ size_t;

// ---- Memory: blocks of sizes 2^k, each with its k before it; what is freed is used again.

extern u8 __heap_base;
static u8 *top;
static void *freed[32];

static void *take(u64 bytes) {
  int k = 6;
  while (k < 31 && (1ull << k) < bytes + 64) k++;
  if (freed[k]) {
    void *block = freed[k];
    freed[k] = *(void **)block;
    return block;
  }
  if (!top) top = (u8 *)(((size_t)&__heap_base + 63) & ~(size_t)63);
  u8 *begin = top;
  u64 end = (u64)(size_t)begin + (1ull << k);
  u64 have = (u64)__builtin_wasm_memory_size(0) << 16;
  if (end > have &&
      __builtin_wasm_memory_grow(0, (size_t)((end - have + 65535) >> 16)) == (size_t)-1)
    __builtin_trap();
  top = (u8 *)(size_t)end;
  *(int *)begin = k;
  return begin + 64;
}

static void give(void *block) {
  if (!block) return;
  int k = *(int *)((u8 *)block - 64);
  *(void **)block = freed[k];
  freed[k] = block;
}

__attribute__((export_name("allocate"))) void *allocate(int bytes) { return take((u64)bytes); }

// Numba's reference-counted memory; kernels read `data` at its place themselves.
struct memory { i64 count; void *destroy, *with; void *data; i64 size; void *allocator; };

void *NRT_MemInfo_alloc_aligned(i64 size, u32 align) {
  (void)align;
  struct memory *info = take(sizeof(struct memory) + 64 + (u64)size);
  info->count = 1;
  info->destroy = info->with = info->allocator = 0;
  info->data = (u8 *)info + 64;
  info->size = size;
  return info;
}
void NRT_MemInfo_call_dtor(void *info) { give(info); }
void NRT_Free(void *block) { give(block); }

// The arrays that kernels reshape are contiguous.
int numba_attempt_nocopy_reshape(i64 nd, const i64 *dims, const i64 *strides, i64 newnd,
                                 const i64 *newdims, i64 *newstrides, i64 itemsize, int fortran) {
  (void)nd; (void)dims; (void)strides; (void)fortran;
  for (i64 i = newnd - 1, step = itemsize; i >= 0; i--) {
    newstrides[i] = step;
    step *= newdims[i];
  }
  return 1;
}

// ---- Matrix products, by columns as BLAS has them: C = alpha op(A) op(B) + beta C.

#ifdef __wasm_relaxed_simd__
#define MADD(a, b, c) wasm_f32x4_relaxed_madd(a, b, c)
#else
#define MADD(a, b, c) wasm_f32x4_add(c, wasm_f32x4_mul(a, b))
#endif

// Eight rows and four columns of C = A op(B); B's element (l, j) is at l * along + j * across.
static void tile(int K, const float *A, int lda, const float *B, int along, int across, float *C,
                 int ldc) {
  v128_t c00 = wasm_f32x4_const_splat(0), c01 = c00, c10 = c00, c11 = c00;
  v128_t c20 = c00, c21 = c00, c30 = c00, c31 = c00;
  const float *b0 = B, *b1 = B + across, *b2 = B + 2 * across, *b3 = B + 3 * across;
  for (int l = 0; l < K; l++) {
    v128_t a0 = wasm_v128_load(A), a1 = wasm_v128_load(A + 4), b;
    b = wasm_v128_load32_splat(b0), c00 = MADD(a0, b, c00), c01 = MADD(a1, b, c01);
    b = wasm_v128_load32_splat(b1), c10 = MADD(a0, b, c10), c11 = MADD(a1, b, c11);
    b = wasm_v128_load32_splat(b2), c20 = MADD(a0, b, c20), c21 = MADD(a1, b, c21);
    b = wasm_v128_load32_splat(b3), c30 = MADD(a0, b, c30), c31 = MADD(a1, b, c31);
    A += lda, b0 += along, b1 += along, b2 += along, b3 += along;
  }
  wasm_v128_store(C, c00), wasm_v128_store(C + 4, c01), C += ldc;
  wasm_v128_store(C, c10), wasm_v128_store(C + 4, c11), C += ldc;
  wasm_v128_store(C, c20), wasm_v128_store(C + 4, c21), C += ldc;
  wasm_v128_store(C, c30), wasm_v128_store(C + 4, c31);
}

#define PLAIN(type, name)                                                                        \
  static void name(int rows, int columns, int K, type alpha, const type *A, int down, int right, \
                   const type *B, int along, int across, type beta, type *C, int ldc) {          \
    for (int j = 0; j < columns; j++)                                                            \
      for (int i = 0; i < rows; i++) {                                                           \
        type sum = 0, *c = C + i + j * ldc;                                                      \
        for (int l = 0; l < K; l++) sum += A[i * down + l * right] * B[l * along + j * across];  \
        *c = beta == 0 ? alpha * sum : alpha * sum + beta * *c;                                  \
      }                                                                                          \
  }
PLAIN(float, plain_float)
PLAIN(double, plain_double)

int numba_xxgemm(char kind, char ta, char tb, i64 m, i64 n, i64 k, void *alpha, void *a, i64 lda,
                 void *b, i64 ldb, void *beta, void *c, i64 ldc) {
  int M = (int)m, N = (int)n, K = (int)k, LC = (int)ldc;
  int down = ta == 'n' ? 1 : (int)lda, right = ta == 'n' ? (int)lda : 1;
  int along = tb == 'n' ? 1 : (int)ldb, across = tb == 'n' ? (int)ldb : 1;
  if (kind == 'd') {
    plain_double(M, N, K, *(double *)alpha, a, down, right, b, along, across, *(double *)beta, c,
                 LC);
    return 0;
  }
  if (kind != 's') __builtin_trap();
  float x = *(float *)alpha, y = *(float *)beta;
  float *A = a, *B = b, *C = c;
  int wide = 0, high = 0;
  if (down == 1 && x == 1 && y == 0) {
    wide = N & ~3, high = M & ~7;
    // X^T X is symmetric: what is above the diagonal's tiles is copied.
    int same = A == B && ta != tb && M == N && wide == N && high == M;
    for (int j = 0; j < wide; j += 4)
      for (int i = same ? j & ~7 : 0; i < high; i += 8)
        tile(K, A + i, right, B + j * across, along, across, C + i + j * LC, LC);
    if (same)
      for (int j = 8; j < N; j++)
        for (int i = 0; i < (j & ~7); i++) C[i + j * LC] = C[j + i * LC];
  }
  plain_float(M - high, wide, K, x, A + high * down, down, right, B, along, across, y, C + high,
              LC);
  plain_float(M, N - wide, K, x, A, down, right, B + wide * across, along, across, y,
              C + wide * LC, LC);
  return 0;
}

// Vectors are matrices of one column, and a dot product one of one row and column.
int numba_xxgemv(char kind, char trans, i64 m, i64 n, void *alpha, void *a, i64 lda, void *x,
                 void *beta, void *y) {
  i64 rows = trans == 'n' ? m : n, inner = trans == 'n' ? n : m;
  return numba_xxgemm(kind, trans, 'n', rows, 1, inner, alpha, a, lda, x, inner, beta, y, rows);
}
int numba_xxdot(char kind, char conjugate, i64 n, void *x, void *y, void *result) {
  (void)conjugate;
  double one = 1, zero = 0;
  float one_float = 1, zero_float = 0;
  int wide = kind == 'd';
  return numba_xxgemm(kind, 't', 'n', 1, 1, n, wide ? (void *)&one : &one_float, x, n, y, n,
                      wide ? (void *)&zero : &zero_float, result, 1);
}

// ---- Functions of double precision, to a few units in the last place.

// log(m 2^e) with m in [sqrt(1/2), sqrt(2)): twice the series of artanh((m - 1) / (m + 1)).
double log(double x) {
  union { double value; u64 bits; } u = {x};
  if (!(x > 0)) return x == 0 ? -__builtin_inf() : __builtin_nan("");
  if (u.bits >> 52 == 0x7ff) return x;
  int e = 0;
  if (u.bits >> 52 == 0) u.value = x * 0x1p54, e = -54;
  e += (int)(u.bits >> 52) - 1022;
  u.bits = (u.bits & 0xfffffffffffffull) | 0x3fe0000000000000ull;
  if (u.value < 0.70710678118654752440) u.value *= 2, e--;
  double s = (u.value - 1) / (u.value + 1), z = s * s, sum = 0;
  for (int i = 23; i >= 3; i -= 2) sum = sum * z + 1.0 / i;
  // ln 2 in two parts, the first exact times any e.
  return e * 0x1.62e42fefa3800p-1 + (2 * s + (2 * s * z * sum + e * 0x1.ef35793c76730p-45));
}

static double sine(double x) {
  double z = x * x, term = x, sum = 0;
  for (int i = 1; i < 18; i += 2) term *= -z / ((i + 1) * (i + 2)), sum += term;
  return x + sum;
}
static double cosine(double x) {
  double z = x * x, term = 1, sum = 0;
  for (int i = 0; i < 18; i += 2) term *= -z / ((i + 1) * (i + 2)), sum += term;
  return 1 + sum;
}
// Of angles up to a few turns: the kernels' are in [0, 2 pi).
static double turned(double x, int quarter) {
  int q = (int)__builtin_floor(x * 0.63661977236758134308 + 0.5);
  double r = (x - q * 0x1.921fb54400000p+0) - q * 0x1.0b4611a626331p-34;
  q = (q + quarter) & 3;
  double value = q & 1 ? cosine(r) : sine(r);
  return q & 2 ? -value : value;
}
double sin(double x) { return turned(x, 0); }
double cos(double x) { return turned(x, 1); }
float sqrtf(float x) { return __builtin_sqrtf(x); }
double sqrt(double x) { return __builtin_sqrt(x); }

// Without these attributes the loops would be taken for calls of themselves.
#define PLAINLY __attribute__((no_builtin("memset", "memcpy", "memmove")))
PLAINLY void *memset(void *to, int value, size_t n) {
  for (u8 *p = to; n--;) *p++ = (u8)value;
  return to;
}
PLAINLY void *memcpy(void *to, const void *from, size_t n) {
  u8 *p = to;
  for (const u8 *q = from; n--;) *p++ = *q++;
  return to;
}

// Products of 128 bits: Numba's check that the size of a new array fits.
__int128 __multi3(__int128 a, __int128 b) {
  u64 x = (u64)a, y = (u64)b, mask = 0xffffffffull;
  u64 ll = (x & mask) * (y & mask), lh = (x & mask) * (y >> 32);
  u64 hl = (x >> 32) * (y & mask), hh = (x >> 32) * (y >> 32);
  u64 middle = (ll >> 32) + (lh & mask) + (hl & mask);
  u64 low = (ll & mask) | (middle << 32);
  u64 high = hh + (lh >> 32) + (hl >> 32) + (middle >> 32);
  high += (u64)(a >> 64) * y + x * (u64)(b >> 64);
  return (__int128)(((unsigned __int128)high << 64) | low);
}
