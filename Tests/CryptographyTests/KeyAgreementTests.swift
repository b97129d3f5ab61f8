import Cryptography
import Primitives
import Testing

@Suite struct KeyAgreementTests {
    private func key(_ hexadecimal: String) throws -> AgreementKey {
        try AgreementKey(seed: SecretKey(copying: #require(Hexadecimal.decode(hexadecimal))))
    }

    /// RFC 7748 §6.1.
    @Test func `both sides agree on the secret of the standard`() throws {
        let alice = try key("77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a")
        let bob = try key("5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb")
        #expect(
            alice.publicKey.description
                == "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a")
        #expect(
            bob.publicKey.description
                == "de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f")
        let secret = try #require(alice.secret(with: bob.publicKey))
        #expect(secret == bob.secret(with: alice.publicKey))
        #expect(
            secret.withUnsafeBytes { Hexadecimal.encode(Array($0)) }
                == "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742")
    }

    /// RFC 7748 §6.1: points of small order give zero whatever the key.
    @Test func `keys that would make every secret the same are refused`() throws {
        let own = try key(String(repeating: "07", count: 32))
        #expect(own.secret(with: .zero) == nil)
        let one = try #require(Hash256(bytes: [1] + [UInt8](repeating: 0, count: 31)))
        #expect(own.secret(with: one) == nil)
    }

    @Test func `a seed of another length is refused`() {
        #expect(throws: CryptographyError.invalidKeyLength(count: 31, expected: 32)) {
            try AgreementKey(seed: SecretKey(copying: [UInt8](repeating: 1, count: 31)))
        }
    }
}
