;; Sums of vectors modulo 2^32, with 128-bit SIMD. protocol.md §2.3, §2.4
;; Built into ring-code.ts by `node --import tsx scripts/build-wasm.ts`; test/crypto/wasm.test.ts compares the two.
;; All lengths are rounded up by the caller: what lies behind a vector's end is memory of its own.
(module
  (import "ring" "memory" (memory 1))

  ;; to[i] += from[i]: 32 bytes a turn, at least one turn.
  (func (export "add") (param $to i32) (param $from i32) (param $bytes i32) (local $end i32)
    (local.set $end (i32.add (local.get $from) (local.get $bytes)))
    (loop $next
      (v128.store (local.get $to) (i32x4.add (v128.load (local.get $to)) (v128.load (local.get $from))))
      (v128.store offset=16 (local.get $to)
        (i32x4.add (v128.load offset=16 (local.get $to)) (v128.load offset=16 (local.get $from))))
      (local.set $to (i32.add (local.get $to) (i32.const 32)))
      (local.set $from (i32.add (local.get $from) (i32.const 32)))
      (br_if $next (i32.lt_u (local.get $from) (local.get $end)))))

  ;; to[i] -= from[i]: as above.
  (func (export "subtract") (param $to i32) (param $from i32) (param $bytes i32) (local $end i32)
    (local.set $end (i32.add (local.get $from) (local.get $bytes)))
    (loop $next
      (v128.store (local.get $to) (i32x4.sub (v128.load (local.get $to)) (v128.load (local.get $from))))
      (v128.store offset=16 (local.get $to)
        (i32x4.sub (v128.load offset=16 (local.get $to)) (v128.load offset=16 (local.get $from))))
      (local.set $to (i32.add (local.get $to) (i32.const 32)))
      (local.set $from (i32.add (local.get $from) (i32.const 32)))
      (br_if $next (i32.lt_u (local.get $from) (local.get $end)))))

  ;; Adds packed words of w bits, eight (w bytes) a turn, at least one turn: four by bytes 0 … 15 of the eight, four
  ;; by the 16 bytes from ⌊w / 2⌋ on. For w of which no word lies in more than four bytes: 8 … 26, 28 and 32.
  ;; $table: which bytes each lane takes (16 bytes for either four), then the factor that moves the lane's word to its
  ;; top bits, for a vector of lanes can't be shifted by a number each.
  (func (export "addPacked")
    (param $to i32) (param $from i32) (param $end i32) (param $w i32) (param $table i32)
    (local $low v128) (local $high v128) (local $lowFactor v128) (local $highFactor v128)
    (local $half i32) (local $shift i32)
    (local.set $low (v128.load (local.get $table)))
    (local.set $high (v128.load offset=16 (local.get $table)))
    (local.set $lowFactor (v128.load offset=32 (local.get $table)))
    (local.set $highFactor (v128.load offset=48 (local.get $table)))
    (local.set $half (i32.shr_u (local.get $w) (i32.const 1)))
    (local.set $shift (i32.sub (i32.const 32) (local.get $w)))
    (loop $next
      (v128.store (local.get $to)
        (i32x4.add (v128.load (local.get $to))
          (i32x4.shr_u
            (i32x4.mul (i8x16.swizzle (v128.load (local.get $from)) (local.get $low)) (local.get $lowFactor))
            (local.get $shift))))
      (v128.store offset=16 (local.get $to)
        (i32x4.add (v128.load offset=16 (local.get $to))
          (i32x4.shr_u
            (i32x4.mul
              (i8x16.swizzle (v128.load (i32.add (local.get $from) (local.get $half))) (local.get $high))
              (local.get $highFactor))
            (local.get $shift))))
      (local.set $to (i32.add (local.get $to) (i32.const 32)))
      (local.set $from (i32.add (local.get $from) (local.get $w)))
      (br_if $next (i32.lt_u (local.get $from) (local.get $end)))))

  ;; The same for every w up to 32, a word a turn. $end: where $to ends.
  (func (export "addPackedWide") (param $to i32) (param $from i32) (param $end i32) (param $w i32)
    (local $bit i32) (local $mask i64)
    (local.set $mask
      (i64.sub (i64.shl (i64.const 1) (i64.extend_i32_u (local.get $w))) (i64.const 1)))
    (loop $next
      (i32.store (local.get $to)
        (i32.add (i32.load (local.get $to))
          (i32.wrap_i64
            (i64.and (local.get $mask)
              (i64.shr_u
                (i64.load (i32.add (local.get $from) (i32.shr_u (local.get $bit) (i32.const 3))))
                (i64.extend_i32_u (i32.and (local.get $bit) (i32.const 7))))))))
      (local.set $bit (i32.add (local.get $bit) (local.get $w)))
      (local.set $to (i32.add (local.get $to) (i32.const 4)))
      (br_if $next (i32.lt_u (local.get $to) (local.get $end)))))

  ;; Packs words below 2^w, one a turn, at least one turn. Behind $to eight bytes are written over. $end: where $from ends.
  (func (export "pack") (param $to i32) (param $from i32) (param $end i32) (param $w i32)
    (local $pending i64) (local $held i64) (local $width i64)
    (local.set $width (i64.extend_i32_u (local.get $w)))
    (loop $next
      (local.set $pending
        (i64.or (local.get $pending)
          (i64.shl (i64.load32_u (local.get $from)) (local.get $held))))
      (i64.store (local.get $to) (local.get $pending))
      (local.set $held (i64.add (local.get $held) (local.get $width)))
      ;; Whole bytes are done with: on by that many.
      (local.set $to (i32.add (local.get $to) (i32.wrap_i64 (i64.shr_u (local.get $held) (i64.const 3)))))
      (local.set $pending
        (i64.shr_u (local.get $pending) (i64.and (local.get $held) (i64.const 56))))
      (local.set $held (i64.and (local.get $held) (i64.const 7)))
      (local.set $from (i32.add (local.get $from) (i32.const 4)))
      (br_if $next (i32.lt_u (local.get $from) (local.get $end)))))
)
