import Cryptography
import Primitives
import Testing

@Suite struct ScryptTests {
    struct File: Decodable {
        let tests: [Vector]
    }
    struct Vector: Decodable {
        let password: String
        let salt: String
        let N: UInt64
        let r: UInt32
        let p: UInt32
        let dkLen: Int
        let key: HexBytes
    }

    @Test func `the published vectors derive`() throws {
        let file = try Vectors.load(File.self, from: "scrypt")
        for vector in file.tests {
            let key = try Scrypt.derive(
                password: Array(vector.password.utf8), salt: Array(vector.salt.utf8),
                parameters: ScryptParameters(
                    cost: vector.N, blockSize: vector.r, parallelization: vector.p),
                count: vector.dkLen)
            #expect(key == SecretKey(copying: vector.key.bytes), "N = \(vector.N)")
        }
        #expect(file.tests.count == 3)
    }

    @Test func `the standard parameters may be spelled out`() throws {
        let spelled = try ScryptParameters(cost: 1 << 17, blockSize: 8, parallelization: 1)
        #expect(spelled == .standard)
    }

    @Test(
        arguments: [
            (0, 8, 1), (1, 8, 1), (3, 8, 1), (1_000, 8, 1),  // not a power of two above one
            (16, 0, 1), (16, 8, 0), (16, 8, 17),  // out of range
            (1 << 16, 1, 1),  // N ≥ 2^(128·r/8)
            (1 << 21, 8, 1), (1 << 63, 1 << 31, 1), (2, .max, 1),  // too much memory
            (2, 1 << 20, 16),  // too much memory, too
        ] as [(UInt64, UInt32, UInt32)])
    func `parameters that no one should run are refused`(
        cost: UInt64, blockSize: UInt32, parallelization: UInt32
    ) {
        #expect(throws: CryptographyError.self) {
            try ScryptParameters(
                cost: cost, blockSize: blockSize, parallelization: parallelization)
        }
    }

    @Test(arguments: [0, 1_025]) func `a length out of range is refused`(count: Int) throws {
        let parameters = try ScryptParameters(cost: 16, blockSize: 1, parallelization: 1)
        #expect(throws: CryptographyError.invalidOutputLength(count: count, allowed: 1...1_024)) {
            try Scrypt.derive(password: [], salt: [], parameters: parameters, count: count)
        }
    }
}
