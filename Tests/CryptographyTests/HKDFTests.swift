import Cryptography
import Testing

@Suite struct HKDFTests {
    struct Group: Decodable {
        let tests: [Vector]
    }
    struct Vector: Decodable {
        let tcId: Int
        let ikm: HexBytes
        let salt: HexBytes
        let info: HexBytes
        let size: Int
        let okm: HexBytes
        let result: String
    }

    @Test func `valid vectors derive, invalid ones are refused`() throws {
        let file = try Vectors.load(Wycheproof<Group>.self, from: "hkdf_sha256_test")
        var valid = 0
        var invalid = 0
        for vector in file.testGroups.flatMap(\.tests) {
            let secret = SecretKey(copying: vector.ikm.bytes)
            func derive() throws(CryptographyError) -> SecretKey {
                try HKDF.derive(
                    from: secret, salt: vector.salt.bytes, info: vector.info.bytes,
                    count: vector.size)
            }
            if vector.result == "valid" {
                valid += 1
                let expected = SecretKey(copying: vector.okm.bytes)
                #expect(try derive() == expected, "vector \(vector.tcId)")
            } else {
                invalid += 1
                let refusal = CryptographyError.invalidOutputLength(
                    count: vector.size, allowed: 1...HKDF.maximumCount)
                #expect(throws: refusal, "vector \(vector.tcId)") { try derive() }
            }
        }
        #expect(valid == 83)
        #expect(invalid == 3)
    }

    @Test(arguments: [-1, 0]) func `no bytes cannot be derived`(count: Int) {
        #expect(throws: CryptographyError.self) {
            try HKDF.derive(from: SecretKey(copying: [1]), salt: [], info: [], count: count)
        }
    }
}
