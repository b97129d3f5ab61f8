import Cryptography
import Testing

@Suite struct SecretKeyTests {
    @Test func `it holds a copy of the bytes`() {
        let key = SecretKey(copying: [1, 2, 3])
        #expect(key.count == 3)
        #expect(key.withUnsafeBytes { Array($0) } == [1, 2, 3])
    }

    @Test func `it is filled in place, from zeros`() {
        let key = SecretKey(count: 4) { bytes in
            #expect(bytes.allSatisfy { $0 == 0 })
            bytes[2] = 9
        }
        #expect(key == SecretKey(copying: [0, 0, 9, 0]))
    }

    @Test func `it takes bytes away from where they were`() {
        var bytes: [UInt8] = [1, 2, 3]
        #expect(SecretKey(wiping: &bytes) == SecretKey(copying: [1, 2, 3]))
        #expect(bytes.isEmpty)
    }

    @Test func `what the filling throws comes through`() {
        #expect(throws: CryptographyError.authenticationFailed) {
            try SecretKey(count: 4) { (_) throws(CryptographyError) in
                throw .authenticationFailed
            }
        }
    }

    @Test func `keys are equal when their bytes are`() {
        let key = SecretKey(copying: [1, 2, 3])
        #expect(key == SecretKey(copying: [1, 2, 3]))
        #expect(key != SecretKey(copying: [1, 2, 4]))
        #expect(key != SecretKey(copying: [1, 2]))
        #expect(SecretKey(copying: []) == SecretKey(copying: []))
    }

    @Test func `no description shows the bytes`() {
        let key = SecretKey(copying: [0xAB, 0xCD, 171])
        var dumped = ""
        dump(key, to: &dumped)
        for text in [
            "\(key)", String(reflecting: key), dumped, "\([key])", "\(Optional(key) as Any)",
        ] {
            #expect(text.contains("secret of 3 bytes"))
            #expect(!text.lowercased().contains("ab") && !text.contains("171"), "\(text)")
        }
    }
}

@Suite struct ConstantTimeTests {
    @Test func `byte strings are equal when all their bytes are`() {
        #expect(constantTimeEqual([], []))
        #expect(constantTimeEqual([1, 2, 3], [1, 2, 3]))
        #expect(!constantTimeEqual([1, 2, 3], [1, 2]))
        #expect(!constantTimeEqual([1, 2, 3], [0, 2, 3]))
        #expect(!constantTimeEqual([1, 2, 3], [1, 2, 2]))
    }
}
