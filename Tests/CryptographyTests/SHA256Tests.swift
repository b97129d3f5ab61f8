import Cryptography
import Primitives
import Testing

@Suite struct SHA256Tests {
    /// FIPS 180-4 examples, as NIST publishes them.
    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
    ])
    func `it gives the published digests`(message: String, digest: String) {
        #expect(SHA256.hash(Array(message.utf8)).description == digest)
    }

    @Test func `a million letters give the published digest`() {
        let digest = SHA256.hash([UInt8](repeating: UInt8(ascii: "a"), count: 1_000_000))
        #expect(
            digest.description
                == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
    }

    @Test func `pieces of any size give the digest of the whole`() {
        var random = RandomSource(seed: 1, who: 0, purpose: 0)
        let message = random.bytes(1_000)
        for piece in 1...200 {
            var hasher = SHA256Hasher()
            for start in stride(from: 0, to: message.count, by: piece) {
                hasher.update(Array(message[start..<min(start + piece, message.count)]))
            }
            #expect(hasher.finalize() == SHA256.hash(message), "pieces of \(piece)")
        }
    }

    @Test func `bytes and digests append as their bytes do`() {
        var random = RandomSource(seed: 2, who: 0, purpose: 0)
        let digest = SHA256.hash(random.bytes(3))
        var hasher = SHA256Hasher()
        hasher.update([0xA5])
        hasher.update(digest)
        #expect(hasher.finalize() == SHA256.hash([0xA5] + digest.bytes))
    }

    @Test func `a copy goes its own way, and a digest may be taken half-way`() {
        var hasher = SHA256Hasher()
        hasher.update([1, 2, 3])
        var copy = hasher
        copy.update([4])
        #expect(hasher.finalize() == SHA256.hash([1, 2, 3]))
        #expect(copy.finalize() == SHA256.hash([1, 2, 3, 4]))
        hasher.update([5])
        #expect(hasher.finalize() == SHA256.hash([1, 2, 3, 5]))
    }
}
