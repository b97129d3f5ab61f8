import Cryptography
import Files
import Primitives
import Testing

@Suite struct PasswordProtectedKeyTests {
    static let parameters = try! ScryptParameters(cost: 16, blockSize: 1, parallelization: 1)
    static let salt = [UInt8](repeating: 9, count: 16)
    static let password = Array("correct horse".utf8)
    static let master = try! MasterKey(SecretKey(copying: [UInt8](0..<32)))
    static let protected = try! PasswordProtectedKey(
        protecting: master, password: password, salt: salt, parameters: parameters)

    @Test func `the password unlocks it`() throws {
        #expect(try Self.protected.unlock(password: Self.password) == Self.master)
    }

    /// Worked out by another implementation, so that the format cannot drift.
    @Test func `verifier and wrapped key are the documented ones`() {
        #expect(
            Self.protected.verifier
                == .publicKey(
                    Self.publicKey(
                        "a5338ecce6c7954a493a116c40e5b12e1ba433041e883e1507ca32ec6cc51af6")))
        #expect(
            Hexadecimal.encode(Self.protected.wrapped)
                == "018fde5d7f738a6180171b862a0c409f205f8021b2993a321cc62302e69a046835cf513385c8e"
                + "39add1c87dd77a5829d5c9ac1860f99deda842cfd77b1")
    }

    @Test(arguments: ["", "correct hors", "correct horse ", "Correct horse"])
    func `another password does not`(password: String) {
        #expect(throws: FilesError.wrongPassword) {
            try Self.protected.unlock(password: Array(password.utf8))
        }
    }

    @Test func `another password may be set, and only it unlocks from then on`() throws {
        let new = Array("battery staple".utf8)
        let salt = [UInt8](repeating: 8, count: 32)
        let changed = try PasswordProtectedKey(
            protecting: Self.protected.unlock(password: Self.password), password: new, salt: salt,
            parameters: Self.parameters)
        #expect(try changed.unlock(password: new) == Self.master)
        #expect(throws: FilesError.wrongPassword) { try changed.unlock(password: Self.password) }
    }

    @Test func `a signature logs in where it was meant to, for what, once, and by whom`() throws {
        let key = try PasswordProtectedKey.logInKey(
            password: Self.password, salt: Self.salt, parameters: Self.parameters)
        func statement(
            _ user: String = "ada", _ address: String = "https://a", _ challenge: [UInt8] = [1],
            _ purpose: LogInStatement.Purpose = .session
        ) -> LogInStatement {
            LogInStatement(user: user, address: address, challenge: challenge, purpose: purpose)
        }
        let signature = key.sign(statement().message)
        #expect(Self.protected.accepts(signature, of: statement()))
        for other in [
            statement("adah", "ttps://a"), statement("ada", "https://b"),
            statement("ada", "https://a", [2]),
            statement("ada", "https://a", [1], .newKey(.zero)),
        ] {
            #expect(!Self.protected.accepts(signature, of: other), "\(other)")
        }
        let wrong = try PasswordProtectedKey.logInKey(
            password: [1], salt: Self.salt, parameters: Self.parameters)
        #expect(!Self.protected.accepts(wrong.sign(statement().message), of: statement()))
    }

    /// As the version before kept it.
    static let former = try! PasswordProtectedKey(
        parameters: parameters, salt: salt,
        verifier: .formerProof(
            Hash256(
                hexadecimal: "2c76fad3a385e962217d06bb6d8b2d9f2966eeca1855b902fd3cacd9964cac87")!),
        wrapped: protected.wrapped)

    static func publicKey(_ digits: String) -> PublicKey {
        PublicKey(bytes: Hash256(hexadecimal: digits)!)
    }

    @Test func `a key of the version before unlocks, and takes its proof only`() throws {
        #expect(Self.former.encoded.first == 1)
        let read = try PasswordProtectedKey(decoding: Self.former.encoded)
        #expect(read == Self.former)
        #expect(try read.unlock(password: Self.password) == Self.master)
        let proof = try PasswordProtectedKey.formerProof(
            password: Self.password, salt: Self.salt, parameters: Self.parameters)
        #expect(read.accepts(formerProof: proof))
        #expect(!Self.protected.accepts(formerProof: proof))
        let wrong = try PasswordProtectedKey.formerProof(
            password: [1], salt: Self.salt, parameters: Self.parameters)
        #expect(!read.accepts(formerProof: wrong))
    }

    @Test func `a changed verifier or wrapped key is told from a wrong password`() throws {
        let verifier = PasswordProtectedKey.Verifier.formerProof(SHA256.hash([1]))
        let forged = try PasswordProtectedKey(
            parameters: Self.parameters, salt: Self.salt, verifier: verifier,
            wrapped: Self.protected.wrapped)
        #expect(throws: FilesError.corruptedKey) { try forged.unlock(password: Self.password) }
        #expect(throws: FilesError.wrongPassword) { try forged.unlock(password: [1]) }
        for bit in 0..<Self.protected.wrapped.count * 8 {
            let damaged = try PasswordProtectedKey(
                parameters: Self.parameters, salt: Self.salt, verifier: Self.protected.verifier,
                wrapped: Self.protected.wrapped.flipping(bit: bit))
            #expect(throws: FilesError.corruptedKey, "bit \(bit)") {
                try damaged.unlock(password: Self.password)
            }
        }
    }

    @Test(arguments: [0, 15, 65]) func `a salt of another length is refused`(count: Int) {
        #expect(throws: FilesError.malformedKey(.saltLength(count))) {
            try PasswordProtectedKey(
                protecting: Self.master, password: Self.password,
                salt: [UInt8](repeating: 0, count: count), parameters: Self.parameters)
        }
    }

    @Test func `its encoding comes back`() throws {
        #expect(try PasswordProtectedKey(decoding: Self.protected.encoded) == Self.protected)
    }

    @Test func `every flipped bit of the encoding is refused, at the latest when unlocking`() {
        let encoded = Self.protected.encoded
        for bit in 0..<encoded.count * 8 {
            #expect(throws: FilesError.self, "bit \(bit)") {
                try PasswordProtectedKey(decoding: encoded.flipping(bit: bit))
                    .unlock(password: Self.password)
            }
        }
    }

    @Test func `no shortened or lengthened encoding is taken`() {
        let encoded = Self.protected.encoded
        for count in 0..<encoded.count {
            #expect(throws: FilesError.self, "\(count) bytes") {
                try PasswordProtectedKey(decoding: Array(encoded[..<count]))
            }
        }
        #expect(throws: FilesError.malformedKey(.encoding(.trailingBytes(count: 1)))) {
            try PasswordProtectedKey(decoding: encoded + [0])
        }
    }

    @Test func `what breaks a rule is named`() throws {
        var encoded = Self.protected.encoded
        encoded[0] = 3
        #expect(throws: FilesError.malformedKey(.version(3))) {
            try PasswordProtectedKey(decoding: encoded)
        }
        encoded[0] = 2
        encoded[1] = 0x80
        #expect {
            try PasswordProtectedKey(decoding: encoded)
        } throws: { error in
            guard case .malformedKey(.parameters) = error as? FilesError else { return false }
            return true
        }
    }
}
