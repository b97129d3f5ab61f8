/// A deterministic stream of random numbers: xoshiro256** 1.0 (Blackman and Vigna, "Scrambled
/// linear pseudorandom number generators", 2018), seeded through SplitMix64.
///
/// A stream belongs to one (seed, who, purpose), so that what one consumer draws never shifts what
/// another sees. Not for keys: those come from the driver.
@usableFromInline
@frozen
package struct RandomSource: Equatable, Sendable {
    @usableFromInline var s0: UInt64
    @usableFromInline var s1: UInt64
    @usableFromInline var s2: UInt64
    @usableFromInline var s3: UInt64

    /// The stream of one consumer: `who` it is and what `purpose` it draws for.
    package init(seed: UInt64, who: UInt64, purpose: UInt64) {
        var mixer = SplitMix64(state: seed)
        mixer.state = mixer.next() ^ who
        mixer.state = mixer.next() ^ purpose
        self.init(state: (mixer.next(), mixer.next(), mixer.next(), mixer.next()))
    }

    /// From a raw state, as the published reference vectors give it.
    package init(state: (UInt64, UInt64, UInt64, UInt64)) {
        (s0, s1, s2, s3) = state
        // The all-zero state is the one that the generator never leaves.
        if s0 | s1 | s2 | s3 == 0 { s0 = 0x9E37_79B9_7F4A_7C15 }
    }

    /// 64 uniform bits.
    @inlinable
    package mutating func next() -> UInt64 {
        let product = s1 &* 5
        let result = (product << 7 | product >> 57) &* 9
        let t = s1 << 17
        s2 ^= s0
        s3 ^= s1
        s1 ^= s2
        s0 ^= s3
        s2 ^= t
        s3 = s3 << 45 | s3 >> 19
        return result
    }

    /// Uniform in `0..<bound`, without bias (Lemire, "Fast random integer generation in an
    /// interval", 2019). `bound` must be positive.
    @inlinable
    package mutating func below(_ bound: UInt64) -> UInt64 {
        precondition(bound > 0, "a bounded draw needs a positive bound")
        var product = next().multipliedFullWidth(by: bound)
        if product.low < bound {
            let threshold = (0 &- bound) % bound
            while product.low < threshold {
                product = next().multipliedFullWidth(by: bound)
            }
        }
        return product.high
    }

    @inlinable
    package mutating func below(_ bound: Int) -> Int { Int(below(UInt64(bound))) }

    /// Uniform in [0, 1): 53 random bits.
    @inlinable
    package mutating func unit() -> Double { Double(next() >> 11) * 0x1p-53 }

    /// True with the given probability. Draws nothing when the answer is certain.
    @inlinable
    package mutating func chance(_ probability: Double) -> Bool {
        if probability <= 0 { return false }
        if probability >= 1 { return true }
        return unit() < probability
    }

    /// Uniform in [0, span).
    @inlinable
    package mutating func upTo(_ span: Duration) -> Duration {
        span.nanoseconds <= 0
            ? .zero : Duration(nanoseconds: Int64(below(UInt64(span.nanoseconds))))
    }

    /// A duration drawn uniformly within a fraction of `span` on either side: what spreads
    /// retries and periodic work so that they do not fall into step.
    @inlinable
    package mutating func jittered(_ span: Duration, by fraction: Double) -> Duration {
        span.scaled(by: 1 + fraction * (2 * unit() - 1))
    }

    /// `count` random bytes.
    package mutating func bytes(_ count: Int) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            var index = 0
            while index < count {
                var word = next()
                for _ in 0..<min(8, count - index) {
                    buffer.initializeElement(at: index, to: UInt8(truncatingIfNeeded: word))
                    word >>= 8
                    index += 1
                }
            }
            initialized = count
        }
    }

    /// A hash of nothing.
    package mutating func hash256() -> Hash256 { Hash256(next(), next(), next(), next()) }

    /// Puts the elements in a uniformly random order (Fisher and Yates).
    @inlinable
    package mutating func shuffle<C: MutableCollection & RandomAccessCollection>(_ items: inout C) {
        var remaining = items.count
        var index = items.startIndex
        while remaining > 1 {
            items.swapAt(index, items.index(index, offsetBy: below(remaining)))
            items.formIndex(after: &index)
            remaining -= 1
        }
    }
}

/// SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014):
/// turns a few structured words into a well-mixed seed.
package struct SplitMix64 {
    package var state: UInt64

    package init(state: UInt64) { self.state = state }

    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
