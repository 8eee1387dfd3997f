;; Row operations of a sparse training step, four floats at a time. A row has `bytes` bytes, a multiple of 64.
;; Entries (feature, value) are grouped by token: those of token t are rowStart[t] … rowStart[t+1] − 1.
;; Addresses are bytes in the one memory; all numbers are float32 and int32.
(module
  (import "env" "memory" (memory 1 65536))

  ;; Σ a[i]·b[i]
  (func $dot (param $a i32) (param $b i32) (param $bytes i32) (result f32)
    (local $end i32) (local $s0 v128) (local $s1 v128) (local $s2 v128) (local $s3 v128)
    (local.set $end (i32.add (local.get $a) (local.get $bytes)))
    (loop $next
      (local.set $s0 (f32x4.add (local.get $s0)
        (f32x4.mul (v128.load (local.get $a)) (v128.load (local.get $b)))))
      (local.set $s1 (f32x4.add (local.get $s1)
        (f32x4.mul (v128.load offset=16 (local.get $a)) (v128.load offset=16 (local.get $b)))))
      (local.set $s2 (f32x4.add (local.get $s2)
        (f32x4.mul (v128.load offset=32 (local.get $a)) (v128.load offset=32 (local.get $b)))))
      (local.set $s3 (f32x4.add (local.get $s3)
        (f32x4.mul (v128.load offset=48 (local.get $a)) (v128.load offset=48 (local.get $b)))))
      (local.set $a (i32.add (local.get $a) (i32.const 64)))
      (local.set $b (i32.add (local.get $b) (i32.const 64)))
      (br_if $next (i32.lt_u (local.get $a) (local.get $end))))
    (call $sumLanes (f32x4.add
      (f32x4.add (local.get $s0) (local.get $s1))
      (f32x4.add (local.get $s2) (local.get $s3)))))

  (func $sumLanes (param $v v128) (result f32)
    (f32.add
      (f32.add (f32x4.extract_lane 0 (local.get $v)) (f32x4.extract_lane 1 (local.get $v)))
      (f32.add (f32x4.extract_lane 2 (local.get $v)) (f32x4.extract_lane 3 (local.get $v)))))

  ;; y ← y + factor·x
  (func $axpy (param $y i32) (param $x i32) (param $factor f32) (param $bytes i32)
    (local $end i32) (local $f v128)
    (local.set $f (f32x4.splat (local.get $factor)))
    (local.set $end (i32.add (local.get $y) (local.get $bytes)))
    (loop $next
      (v128.store (local.get $y) (f32x4.add (v128.load (local.get $y))
        (f32x4.mul (local.get $f) (v128.load (local.get $x)))))
      (v128.store offset=16 (local.get $y) (f32x4.add (v128.load offset=16 (local.get $y))
        (f32x4.mul (local.get $f) (v128.load offset=16 (local.get $x)))))
      (v128.store offset=32 (local.get $y) (f32x4.add (v128.load offset=32 (local.get $y))
        (f32x4.mul (local.get $f) (v128.load offset=32 (local.get $x)))))
      (v128.store offset=48 (local.get $y) (f32x4.add (v128.load offset=48 (local.get $y))
        (f32x4.mul (local.get $f) (v128.load offset=48 (local.get $x)))))
      (local.set $y (i32.add (local.get $y) (i32.const 64)))
      (local.set $x (i32.add (local.get $x) (i32.const 64)))
      (br_if $next (i32.lt_u (local.get $y) (local.get $end)))))

  ;; address of row number `row`
  (func $row (param $rows i32) (param $row i32) (param $bytes i32) (result i32)
    (i32.add (local.get $rows) (i32.mul (local.get $row) (local.get $bytes))))

  ;; y ← y + Σ factor·x of four rows, one after the other, so that the sum is rounded as by four calls of axpy
  (func $axpyFour (param $y i32) (param $a i32) (param $b i32) (param $c i32) (param $d i32)
    (param $fa f32) (param $fb f32) (param $fc f32) (param $fd f32) (param $bytes i32)
    (local $end i32) (local $va v128) (local $vb v128) (local $vc v128) (local $vd v128)
    (local.set $va (f32x4.splat (local.get $fa)))
    (local.set $vb (f32x4.splat (local.get $fb)))
    (local.set $vc (f32x4.splat (local.get $fc)))
    (local.set $vd (f32x4.splat (local.get $fd)))
    (local.set $end (i32.add (local.get $y) (local.get $bytes)))
    (loop $next
      (v128.store (local.get $y) (f32x4.add (f32x4.add (f32x4.add (f32x4.add (v128.load (local.get $y))
        (f32x4.mul (local.get $va) (v128.load (local.get $a))))
        (f32x4.mul (local.get $vb) (v128.load (local.get $b))))
        (f32x4.mul (local.get $vc) (v128.load (local.get $c))))
        (f32x4.mul (local.get $vd) (v128.load (local.get $d)))))
      (v128.store offset=16 (local.get $y) (f32x4.add (f32x4.add (f32x4.add (f32x4.add
        (v128.load offset=16 (local.get $y))
        (f32x4.mul (local.get $va) (v128.load offset=16 (local.get $a))))
        (f32x4.mul (local.get $vb) (v128.load offset=16 (local.get $b))))
        (f32x4.mul (local.get $vc) (v128.load offset=16 (local.get $c))))
        (f32x4.mul (local.get $vd) (v128.load offset=16 (local.get $d)))))
      (local.set $y (i32.add (local.get $y) (i32.const 32)))
      (local.set $a (i32.add (local.get $a) (i32.const 32)))
      (local.set $b (i32.add (local.get $b) (i32.const 32)))
      (local.set $c (i32.add (local.get $c) (i32.const 32)))
      (local.set $d (i32.add (local.get $d) (i32.const 32)))
      (br_if $next (i32.lt_u (local.get $y) (local.get $end)))))

  ;; out[t] ← out[t] + Σ value·rows[feature]
  (func (export "decode") (param $out i32) (param $rows i32) (param $rowStart i32) (param $features i32)
    (param $values i32) (param $tokens i32) (param $bytes i32)
    (local $token i32) (local $left i32)
    (loop $nextToken
      (local.set $left (i32.sub (i32.load offset=4 (local.get $rowStart)) (i32.load (local.get $rowStart))))
      (local.set $rowStart (i32.add (local.get $rowStart) (i32.const 4)))
      (block $few (loop $nextFour
        (br_if $few (i32.lt_u (local.get $left) (i32.const 4)))
        (call $axpyFour (local.get $out)
          (call $row (local.get $rows) (i32.load (local.get $features)) (local.get $bytes))
          (call $row (local.get $rows) (i32.load offset=4 (local.get $features)) (local.get $bytes))
          (call $row (local.get $rows) (i32.load offset=8 (local.get $features)) (local.get $bytes))
          (call $row (local.get $rows) (i32.load offset=12 (local.get $features)) (local.get $bytes))
          (f32.load (local.get $values)) (f32.load offset=4 (local.get $values))
          (f32.load offset=8 (local.get $values)) (f32.load offset=12 (local.get $values))
          (local.get $bytes))
        (local.set $features (i32.add (local.get $features) (i32.const 16)))
        (local.set $values (i32.add (local.get $values) (i32.const 16)))
        (local.set $left (i32.sub (local.get $left) (i32.const 4)))
        (br $nextFour)))
      (block $done (loop $nextEntry
        (br_if $done (i32.eqz (local.get $left)))
        (call $axpy (local.get $out)
          (call $row (local.get $rows) (i32.load (local.get $features)) (local.get $bytes))
          (f32.load (local.get $values)) (local.get $bytes))
        (local.set $features (i32.add (local.get $features) (i32.const 4)))
        (local.set $values (i32.add (local.get $values) (i32.const 4)))
        (local.set $left (i32.sub (local.get $left) (i32.const 1)))
        (br $nextEntry)))
      (local.set $out (i32.add (local.get $out) (local.get $bytes)))
      (local.set $token (i32.add (local.get $token) (i32.const 1)))
      (br_if $nextToken (i32.lt_u (local.get $token) (local.get $tokens)))))

  ;; dots[entry] ← x[t]·rows[feature]
  (func (export "dots") (param $dots i32) (param $x i32) (param $rows i32) (param $rowStart i32)
    (param $features i32) (param $tokens i32) (param $bytes i32)
    (local $token i32) (local $entry i32) (local $stop i32)
    (loop $nextToken
      (local.set $entry (i32.load (local.get $rowStart)))
      (local.set $rowStart (i32.add (local.get $rowStart) (i32.const 4)))
      (local.set $stop (i32.load (local.get $rowStart)))
      (block $done (loop $nextEntry
        (br_if $done (i32.ge_u (local.get $entry) (local.get $stop)))
        (f32.store (call $row (local.get $dots) (local.get $entry) (i32.const 4))
          (call $dot (local.get $x)
            (call $row (local.get $rows) (i32.load (call $row (local.get $features) (local.get $entry) (i32.const 4)))
              (local.get $bytes))
            (local.get $bytes)))
        (local.set $entry (i32.add (local.get $entry) (i32.const 1)))
        (br $nextEntry)))
      (local.set $x (i32.add (local.get $x) (local.get $bytes)))
      (local.set $token (i32.add (local.get $token) (i32.const 1)))
      (br_if $nextToken (i32.lt_u (local.get $token) (local.get $tokens)))))

  ;; Two rows y ← y + factor·x of one x
  (func $axpyPair (param $a i32) (param $b i32) (param $x i32) (param $fa f32) (param $fb f32) (param $bytes i32)
    (local $end i32) (local $va v128) (local $vb v128) (local $here v128)
    (local.set $va (f32x4.splat (local.get $fa)))
    (local.set $vb (f32x4.splat (local.get $fb)))
    (local.set $end (i32.add (local.get $x) (local.get $bytes)))
    (loop $next
      (local.set $here (v128.load (local.get $x)))
      (v128.store (local.get $a)
        (f32x4.add (v128.load (local.get $a)) (f32x4.mul (local.get $va) (local.get $here))))
      (v128.store (local.get $b)
        (f32x4.add (v128.load (local.get $b)) (f32x4.mul (local.get $vb) (local.get $here))))
      (local.set $here (v128.load offset=16 (local.get $x)))
      (v128.store offset=16 (local.get $a)
        (f32x4.add (v128.load offset=16 (local.get $a)) (f32x4.mul (local.get $va) (local.get $here))))
      (v128.store offset=16 (local.get $b)
        (f32x4.add (v128.load offset=16 (local.get $b)) (f32x4.mul (local.get $vb) (local.get $here))))
      (local.set $a (i32.add (local.get $a) (i32.const 32)))
      (local.set $b (i32.add (local.get $b) (i32.const 32)))
      (local.set $x (i32.add (local.get $x) (i32.const 32)))
      (br_if $next (i32.lt_u (local.get $x) (local.get $end)))))

  ;; rows[feature] ← rows[feature] + value·x[t]; the features of a token are different ones
  (func (export "scatter") (param $rows i32) (param $x i32) (param $rowStart i32) (param $features i32)
    (param $values i32) (param $tokens i32) (param $bytes i32)
    (local $token i32) (local $left i32)
    (loop $nextToken
      (local.set $left (i32.sub (i32.load offset=4 (local.get $rowStart)) (i32.load (local.get $rowStart))))
      (local.set $rowStart (i32.add (local.get $rowStart) (i32.const 4)))
      (block $few (loop $nextPair
        (br_if $few (i32.lt_u (local.get $left) (i32.const 2)))
        (call $axpyPair
          (call $row (local.get $rows) (i32.load (local.get $features)) (local.get $bytes))
          (call $row (local.get $rows) (i32.load offset=4 (local.get $features)) (local.get $bytes))
          (local.get $x)
          (f32.load (local.get $values)) (f32.load offset=4 (local.get $values)) (local.get $bytes))
        (local.set $features (i32.add (local.get $features) (i32.const 8)))
        (local.set $values (i32.add (local.get $values) (i32.const 8)))
        (local.set $left (i32.sub (local.get $left) (i32.const 2)))
        (br $nextPair)))
      (if (local.get $left) (then
        (call $axpy
          (call $row (local.get $rows) (i32.load (local.get $features)) (local.get $bytes))
          (local.get $x) (f32.load (local.get $values)) (local.get $bytes))
        (local.set $features (i32.add (local.get $features) (i32.const 4)))
        (local.set $values (i32.add (local.get $values) (i32.const 4)))))
      (local.set $x (i32.add (local.get $x) (local.get $bytes)))
      (local.set $token (i32.add (local.get $token) (i32.const 1)))
      (br_if $nextToken (i32.lt_u (local.get $token) (local.get $tokens)))))

  ;; The greatest of x·rows[i], at least −1
  (func (export "greatestDot") (param $x i32) (param $rows i32) (param $count i32) (param $bytes i32) (result f32)
    (local $greatest f32)
    (local.set $greatest (f32.const -1))
    (block $done (loop $next
      (br_if $done (i32.eqz (local.get $count)))
      (local.set $greatest (f32.max (local.get $greatest)
        (call $dot (local.get $x) (local.get $rows) (local.get $bytes))))
      (local.set $rows (i32.add (local.get $rows) (local.get $bytes)))
      (local.set $count (i32.sub (local.get $count) (i32.const 1)))
      (br $next)))
    (local.get $greatest))

  ;; Finds what is above `least` in x of `count` numbers, a multiple of 16: positions and values, in order.
  ;; Returns how many there are; stops after `most`, whose arrays must have room for fifteen more.
  (func (export "compact") (param $x i32) (param $count i32) (param $least f32) (param $positions i32)
    (param $values i32) (param $most i32) (result i32)
    (local $at i32) (local $found i32) (local $mask i32) (local $lane i32) (local $bound v128)
    (local.set $bound (f32x4.splat (local.get $least)))
    (block $full (loop $next
      (local.set $mask (i8x16.bitmask (i8x16.narrow_i16x8_s
        (i16x8.narrow_i32x4_s
          (f32x4.gt (v128.load (local.get $x)) (local.get $bound))
          (f32x4.gt (v128.load offset=16 (local.get $x)) (local.get $bound)))
        (i16x8.narrow_i32x4_s
          (f32x4.gt (v128.load offset=32 (local.get $x)) (local.get $bound))
          (f32x4.gt (v128.load offset=48 (local.get $x)) (local.get $bound))))))
      (if (local.get $mask) (then
        (loop $nextBit
          (local.set $lane (i32.ctz (local.get $mask)))
          (i32.store (i32.add (local.get $positions) (i32.shl (local.get $found) (i32.const 2)))
            (i32.add (local.get $at) (local.get $lane)))
          (f32.store (i32.add (local.get $values) (i32.shl (local.get $found) (i32.const 2)))
            (f32.load (i32.add (local.get $x) (i32.shl (local.get $lane) (i32.const 2)))))
          (local.set $found (i32.add (local.get $found) (i32.const 1)))
          (local.set $mask (i32.and (local.get $mask) (i32.sub (local.get $mask) (i32.const 1))))
          (br_if $nextBit (local.get $mask)))
        (br_if $full (i32.ge_u (local.get $found) (local.get $most)))))
      (local.set $x (i32.add (local.get $x) (i32.const 64)))
      (local.set $at (i32.add (local.get $at) (i32.const 16)))
      (br_if $next (i32.lt_u (local.get $at) (local.get $count)))))
    (local.get $found))

  ;; As compact, only those above their own floor as well; does not stop.
  (func (export "compactAmong") (param $x i32) (param $floors i32) (param $count i32) (param $least f32)
    (param $positions i32) (param $values i32) (result i32)
    (local $at i32) (local $found i32) (local $mask i32) (local $lane i32) (local $bound v128)
    (local.set $bound (f32x4.splat (local.get $least)))
    (loop $next
      (local.set $mask (i8x16.bitmask (i8x16.narrow_i16x8_s
        (i16x8.narrow_i32x4_s
          (f32x4.gt (v128.load (local.get $x)) (f32x4.max (local.get $bound) (v128.load (local.get $floors))))
          (f32x4.gt (v128.load offset=16 (local.get $x))
            (f32x4.max (local.get $bound) (v128.load offset=16 (local.get $floors)))))
        (i16x8.narrow_i32x4_s
          (f32x4.gt (v128.load offset=32 (local.get $x))
            (f32x4.max (local.get $bound) (v128.load offset=32 (local.get $floors))))
          (f32x4.gt (v128.load offset=48 (local.get $x))
            (f32x4.max (local.get $bound) (v128.load offset=48 (local.get $floors))))))))
      (if (local.get $mask) (then
        (loop $nextBit
          (local.set $lane (i32.ctz (local.get $mask)))
          (i32.store (i32.add (local.get $positions) (i32.shl (local.get $found) (i32.const 2)))
            (i32.add (local.get $at) (local.get $lane)))
          (f32.store (i32.add (local.get $values) (i32.shl (local.get $found) (i32.const 2)))
            (f32.load (i32.add (local.get $x) (i32.shl (local.get $lane) (i32.const 2)))))
          (local.set $found (i32.add (local.get $found) (i32.const 1)))
          (local.set $mask (i32.and (local.get $mask) (i32.sub (local.get $mask) (i32.const 1))))
          (br_if $nextBit (local.get $mask)))))
      (local.set $x (i32.add (local.get $x) (i32.const 64)))
      (local.set $floors (i32.add (local.get $floors) (i32.const 64)))
      (local.set $at (i32.add (local.get $at) (i32.const 16)))
      (br_if $next (i32.lt_u (local.get $at) (local.get $count))))
    (local.get $found))

  ;; x ← factor·x
  (func (export "scale") (param $x i32) (param $factor f32) (param $bytes i32)
    (local $end i32)
    (local.set $end (i32.add (local.get $x) (local.get $bytes)))
    (block $done (loop $next
      (br_if $done (i32.ge_u (local.get $x) (local.get $end)))
      (v128.store (local.get $x) (f32x4.mul (v128.load (local.get $x)) (f32x4.splat (local.get $factor))))
      (local.set $x (i32.add (local.get $x) (i32.const 16)))
      (br $next))))

  ;; out[i] ← bias − x[i]
  (func (export "lessRows") (param $out i32) (param $bias i32) (param $x i32) (param $rows i32) (param $bytes i32)
    (local $row i32) (local $at i32)
    (loop $nextRow
      (local.set $at (i32.const 0))
      (loop $next
        (v128.store (i32.add (local.get $out) (local.get $at)) (f32x4.sub
          (v128.load (i32.add (local.get $bias) (local.get $at)))
          (v128.load (i32.add (local.get $x) (local.get $at)))))
        (local.set $at (i32.add (local.get $at) (i32.const 16)))
        (br_if $next (i32.lt_u (local.get $at) (local.get $bytes))))
      (local.set $out (i32.add (local.get $out) (local.get $bytes)))
      (local.set $x (i32.add (local.get $x) (local.get $bytes)))
      (local.set $row (i32.add (local.get $row) (i32.const 1)))
      (br_if $nextRow (i32.lt_u (local.get $row) (local.get $rows)))))

  ;; sums ← sums + Σ rows[i]
  (func (export "addRows") (param $sums i32) (param $x i32) (param $rows i32) (param $bytes i32)
    (local $row i32)
    (loop $next
      (call $axpy (local.get $sums) (local.get $x) (f32.const 1) (local.get $bytes))
      (local.set $x (i32.add (local.get $x) (local.get $bytes)))
      (local.set $row (i32.add (local.get $row) (i32.const 1)))
      (br_if $next (i32.lt_u (local.get $row) (local.get $rows)))))

  ;; out[i] ← direction·rows[i]
  (func (export "rowDots") (param $out i32) (param $direction i32) (param $x i32) (param $rows i32) (param $bytes i32)
    (local $row i32)
    (loop $next
      (f32.store (local.get $out) (call $dot (local.get $direction) (local.get $x) (local.get $bytes)))
      (local.set $out (i32.add (local.get $out) (i32.const 4)))
      (local.set $x (i32.add (local.get $x) (local.get $bytes)))
      (local.set $row (i32.add (local.get $row) (i32.const 1)))
      (br_if $next (i32.lt_u (local.get $row) (local.get $rows)))))

  ;; Σ x[i]²
  (func (export "squares") (param $x i32) (param $bytes i32) (result f32)
    (call $dot (local.get $x) (local.get $x) (local.get $bytes)))

  ;; rows[i] of g ← g − (g·w)·w, for unit rows w: what is along a row would only change its norm.
  (func (export "removeParallel") (param $g i32) (param $w i32) (param $rows i32) (param $bytes i32)
    (local $row i32)
    (loop $next
      (call $axpy (local.get $g) (local.get $w)
        (f32.neg (call $dot (local.get $g) (local.get $w) (local.get $bytes))) (local.get $bytes))
      (local.set $g (i32.add (local.get $g) (local.get $bytes)))
      (local.set $w (i32.add (local.get $w) (local.get $bytes)))
      (local.set $row (i32.add (local.get $row) (i32.const 1)))
      (br_if $next (i32.lt_u (local.get $row) (local.get $rows)))))

  ;; rows[i] ← rows[i]/‖rows[i]‖
  (func (export "unitRows") (param $w i32) (param $rows i32) (param $bytes i32)
    (local $row i32)
    (loop $next
      (call $axpy (local.get $w) (local.get $w)
        (f32.sub (f32.div (f32.const 1)
          (f32.sqrt (f32.max (f32.const 1e-30) (call $dot (local.get $w) (local.get $w) (local.get $bytes)))))
          (f32.const 1))
        (local.get $bytes))
      (local.set $w (i32.add (local.get $w) (local.get $bytes)))
      (local.set $row (i32.add (local.get $row) (i32.const 1)))
      (br_if $next (i32.lt_u (local.get $row) (local.get $rows)))))

  ;; Adam on `bytes` of parameters: g is multiplied by `clip`, used, and set to 0.
  (func $adam (export "adam") (param $p i32) (param $g i32) (param $m i32) (param $v i32) (param $bytes i32)
    (param $clip f32) (param $rate f32) (param $beta1 f32) (param $beta2 f32) (param $epsilon f32)
    (local $end i32) (local $gradient v128) (local $mean v128) (local $square v128)
    (local.set $end (i32.add (local.get $p) (local.get $bytes)))
    (loop $next
      (local.set $gradient (f32x4.mul (v128.load (local.get $g)) (f32x4.splat (local.get $clip))))
      (v128.store (local.get $g) (v128.const i32x4 0 0 0 0))
      (local.set $mean (f32x4.add
        (f32x4.mul (f32x4.splat (local.get $beta1)) (v128.load (local.get $m)))
        (f32x4.mul (f32x4.splat (f32.sub (f32.const 1) (local.get $beta1))) (local.get $gradient))))
      (v128.store (local.get $m) (local.get $mean))
      (local.set $square (f32x4.add
        (f32x4.mul (f32x4.splat (local.get $beta2)) (v128.load (local.get $v)))
        (f32x4.mul (f32x4.splat (f32.sub (f32.const 1) (local.get $beta2)))
          (f32x4.mul (local.get $gradient) (local.get $gradient)))))
      (v128.store (local.get $v) (local.get $square))
      (v128.store (local.get $p) (f32x4.sub (v128.load (local.get $p))
        (f32x4.div (f32x4.mul (f32x4.splat (local.get $rate)) (local.get $mean))
          (f32x4.add (f32x4.sqrt (local.get $square)) (f32x4.splat (local.get $epsilon))))))
      (local.set $p (i32.add (local.get $p) (i32.const 16)))
      (local.set $g (i32.add (local.get $g) (i32.const 16)))
      (local.set $m (i32.add (local.get $m) (i32.const 16)))
      (local.set $v (i32.add (local.get $v) (i32.const 16)))
      (br_if $next (i32.lt_u (local.get $p) (local.get $end)))))

  ;; adam on each row, at a rate of its own; a row at rate 0 is left as it is
  (func (export "adamRows") (param $p i32) (param $g i32) (param $m i32) (param $v i32) (param $rows i32)
    (param $bytes i32) (param $rates i32) (param $clip f32) (param $beta1 f32) (param $beta2 f32)
    (param $epsilon f32)
    (local $row i32) (local $at i32)
    (loop $next
      (if (f32.ne (f32.load (local.get $rates)) (f32.const 0)) (then
        (call $adam
          (i32.add (local.get $p) (local.get $at)) (i32.add (local.get $g) (local.get $at))
          (i32.add (local.get $m) (local.get $at)) (i32.add (local.get $v) (local.get $at))
          (local.get $bytes) (local.get $clip) (f32.load (local.get $rates))
          (local.get $beta1) (local.get $beta2) (local.get $epsilon))))
      (local.set $at (i32.add (local.get $at) (local.get $bytes)))
      (local.set $rates (i32.add (local.get $rates) (i32.const 4)))
      (local.set $row (i32.add (local.get $row) (i32.const 1)))
      (br_if $next (i32.lt_u (local.get $row) (local.get $rows)))))

  ;; out[i] ← Σ x[i, ·]²
  (func (export "rowSquares") (param $out i32) (param $x i32) (param $rows i32) (param $bytes i32)
    (local $row i32)
    (loop $next
      (f32.store (local.get $out) (call $dot (local.get $x) (local.get $x) (local.get $bytes)))
      (local.set $out (i32.add (local.get $out) (i32.const 4)))
      (local.set $x (i32.add (local.get $x) (local.get $bytes)))
      (local.set $row (i32.add (local.get $row) (i32.const 1)))
      (br_if $next (i32.lt_u (local.get $row) (local.get $rows)))))
)
