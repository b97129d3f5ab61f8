import Cryptography
import Primitives
import Testing

@Suite struct Ed25519Tests {
    struct Group: Decodable {
        struct Key: Decodable {
            let pk: HexBytes
        }
        let publicKey: Key
        let tests: [Vector]
    }
    struct Vector: Decodable {
        let tcId: Int
        let msg: HexBytes
        let sig: HexBytes
        let result: String
    }

    @Test func `valid vectors verify, invalid ones are refused`() throws {
        let file = try Vectors.load(Wycheproof<Group>.self, from: "ed25519_test")
        var valid = 0
        var invalid = 0
        for group in file.testGroups {
            let key = PublicKey(bytes: try #require(Hash256(bytes: group.publicKey.pk.bytes)))
            for vector in group.tests {
                let signature = Signature(bytes: vector.sig.bytes)
                let accepted = signature.map { key.isValid($0, for: vector.msg.bytes) } ?? false
                #expect(accepted == (vector.result == "valid"), "vector \(vector.tcId)")
                if vector.result == "valid" { valid += 1 } else { invalid += 1 }
            }
        }
        #expect(valid == 88)
        #expect(invalid == 63)
    }

    /// RFC 8032 §7.1, tests 1 to 3: seed, public key, message, signature.
    static let signing: [(seed: String, publicKey: String, message: String, signature: String)] = [
        (
            "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
            "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e"
                + "39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
        ),
        (
            "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
            "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f"
                + "3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
        ),
        (
            "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
            "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
            "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67"
                + "f760984dc6594a7c15e9716ed28dc027beceea1ec40a"
        ),
    ]

    @Test(arguments: signing.indices)
    func `the published seeds give the published signatures`(index: Int) throws {
        let vector = Self.signing[index]
        let seed = try #require(Hexadecimal.decode(vector.seed))
        let message = try #require(Hexadecimal.decode(vector.message))
        let key = try SigningKey(seed: SecretKey(copying: seed))
        #expect(key.publicKey.bytes.description == vector.publicKey)
        let signature = key.sign(message)
        #expect(Hexadecimal.encode(signature.bytes) == vector.signature)
        #expect(key.publicKey.isValid(signature, for: message))
        #expect(!key.publicKey.isValid(signature, for: message + [0]))
    }

    @Test func `a signature with any bit flipped is refused`() throws {
        let key = try SigningKey(seed: SecretKey(copying: [UInt8](0..<32)))
        let bytes = key.sign([1, 2, 3]).bytes
        for bit in 0..<bytes.count * 8 {
            var flipped = bytes
            flipped[bit / 8] ^= 1 << UInt8(bit % 8)
            let signature = try #require(Signature(bytes: flipped))
            #expect(!key.publicKey.isValid(signature, for: [1, 2, 3]), "bit \(bit)")
        }
    }

    @Test func `a seed of another length is refused`() {
        #expect(throws: CryptographyError.invalidKeyLength(count: 31, expected: 32)) {
            try SigningKey(seed: SecretKey(copying: [UInt8](repeating: 1, count: 31)))
        }
    }

    @Test(arguments: [0, 63, 65]) func `a signature has 64 bytes`(count: Int) {
        #expect(Signature(bytes: [UInt8](repeating: 0, count: count)) == nil)
    }
}
