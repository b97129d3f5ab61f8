import Cryptography
import Primitives
import Roles
import Synchronization
import Testing

@testable import Server

@Suite struct JoinTokenTests {
    @Test func `a token is long enough`() {
        #expect(JoinToken("fifteen letters") == nil)
        #expect(JoinToken("sixteen letters!") != nil)
        #expect(JoinToken("ééééééé") == nil, "14 bytes")
    }

    @Test func `a proof is of one key in one role`() throws {
        let token = try #require(JoinToken("a token for tests"))
        let other = try #require(JoinToken("a token for testz"))
        let key = PublicKey(bytes: SHA256.hash([1]))
        let proof = token.proof(of: key, as: .node)
        #expect(token.admits(key, as: .node, proof: proof))
        #expect(!token.admits(key, as: .backend, proof: proof))
        #expect(!token.admits(PublicKey(bytes: SHA256.hash([2])), as: .node, proof: proof))
        #expect(!other.admits(key, as: .node, proof: proof))
        #expect(!token.admits(key, as: .node, proof: .zero))
    }

    @Test func `nothing shows the token`() throws {
        let token = try #require(JoinToken("a token for tests"))
        var shown = "\(token)"
        dump(token, to: &shown)
        #expect(!shown.contains("token for tests"))
    }
}

@Suite struct DirectoryTests {
    private static let token = JoinToken("a token for tests")!

    @Test func `the first key keeps its ID and its role`() throws {
        let heard = Mutex<[String]>([])
        let directory = Directory(token: Self.token) { member in
            heard.withLock { $0.append(member.address) }
        }
        let peer = try TestPeer(.node, seed: 1, token: Self.token)
        #expect(directory.learn(peer.member) == .new)
        #expect(directory.learn(peer.member) == .known)
        #expect(directory.learn(peer.moved(to: "http://127.0.0.1:2", sequence: nil)) == .known)
        #expect(directory[peer.id]?.address == "http://127.0.0.1:2")
        let promoted = try TestPeer(.backend, seed: 1, token: Self.token)
        #expect(directory.learn(promoted.member) == .refused, "a key has one role")
        #expect(directory[peer.id]?.role == .node)
        #expect(heard.withLock { $0 } == ["http://127.0.0.1:1", "http://127.0.0.1:2"])
        #expect(directory.all(.node).map(\.id) == [peer.id] && directory.all(.backend).isEmpty)
    }

    @Test func `all of a role are told in order, as they are now`() throws {
        let directory = Directory(token: Self.token)
        var backends: [TestPeer] = []
        for seed in 1...20 as ClosedRange<UInt8> {
            directory.learn(try TestPeer(.node, seed: seed + 100, token: Self.token).member)
            backends.append(try TestPeer(.backend, seed: seed, token: Self.token))
            directory.learn(backends.last!.member)
            let known = backends.map(\.member).sorted { $0.id < $1.id }
            #expect(directory.all(.backend) == known)
        }
        let moved = backends[3].moved(to: "http://127.0.0.1:2", sequence: 2)
        directory.learn(moved)
        #expect(directory.all(.backend).contains(moved) && directory.all(.backend).count == 20)
        #expect(directory.all(.node).count == 20)
    }

    @Test func `nobody else moves a member, or moves it back`() throws {
        let directory = Directory(token: Self.token)
        let peer = try TestPeer(.node, seed: 1, token: Self.token)
        func address(after member: Contact, from teller: Directory.Teller) -> String? {
            directory.learn(member, from: teller)
            return directory[peer.id]?.address
        }
        let (first, second) = ("http://127.0.0.1:1", "http://127.0.0.1:2")
        let thief = "http://192.0.2.1:1"
        var unsigned = peer.member
        unsigned.record = nil
        #expect(address(after: unsigned, from: .another) == nil, "it may be anywhere")
        #expect(address(after: peer.member, from: .another) == first)
        #expect(address(after: peer.moved(to: thief, sequence: nil), from: .another) == first)
        let own = try TestPeer(.node, seed: 2, token: Self.token)
        var forged = peer.member
        forged.address = thief
        forged = forged.signed(9, by: own.identity.key)
        #expect(address(after: forged, from: .another) == first)
        #expect(address(after: peer.moved(to: second, sequence: 2), from: .another) == second)
        #expect(address(after: peer.member, from: .another) == second, "that was before")
        #expect(address(after: peer.moved(to: thief, sequence: 2), from: .another) == second)

        // What it says itself, in a request that it signed, needs no more, and does not undo more.
        unsigned.address = second
        #expect(address(after: unsigned, from: .itself) == second)
        #expect(directory[peer.id]?.record?.sequence == 2)
        unsigned.address = first
        #expect(address(after: unsigned, from: .itself) == first)
    }

    @Test func `a word on an address is of one member at one place`() throws {
        let peer = try TestPeer(.node, seed: 1, token: Self.token)
        #expect(peer.member.isSigned)
        let record = try #require(peer.member.record)
        #expect(AddressRecord(hexadecimal: record.hexadecimal) == record)
        for bad in ["", "00", record.hexadecimal + "00", String(record.hexadecimal.dropLast())] {
            #expect(AddressRecord(hexadecimal: bad) == nil)
        }
        var other = try TestPeer(.backend, seed: 1, token: Self.token).member
        other.record = record
        #expect(!other.isSigned, "in another role")
        other = peer.member
        other.address += "1"
        #expect(!other.isSigned)
        other = peer.member
        other.record = AddressRecord(sequence: 2, signature: record.signature)
        #expect(!other.isSigned)
    }

    @Test func `strangers are not remembered`() throws {
        let directory = Directory(token: Self.token)
        let other = try #require(JoinToken("another token for tests"))
        let stranger = try TestPeer(.backend, seed: 1, token: other)
        #expect(directory.learn(stranger.member) == .stranger)
        #expect(directory[stranger.id] == nil)
        let peer = try TestPeer(.backend, seed: 1, token: Self.token)
        directory.learn(peer.member)
        #expect(directory.learn(stranger.member) == .stranger, "a known key with a wrong proof")
        #expect(directory[peer.id] == peer.member)
    }

    @Test func `addresses are bases of URLs`() {
        for good in [
            "http://127.0.0.1:6001", "https://node7.example", "http://[::1]:80", "https://a-b.c:1",
        ] {
            #expect(Contact.isReachable(address: good), "\(good)")
        }
        for bad in [
            "", "http://", "ftp://x", "http://x/", "http://x/y", "http://x?y", "http://x#y",
            "http://u@x", "http://x y", "http://x\\y", "http://é", "HTTP://x", " http://x",
            "http://x\n", "http://" + String(repeating: "a", count: 250), "file:///etc/passwd",
        ] {
            #expect(!Contact.isReachable(address: bad), "\(bad)")
        }
    }

    @Test func `introductions are read as they are written`() throws {
        let peer = try TestPeer(.node, seed: 1, token: Self.token)
        let key = peer.identity.publicKey
        let text = Introduction.text(of: peer.member)
        var introduced = peer.member
        introduced.record = nil
        #expect(Introduction.contact(from: text, key: key) == introduced)
        for bad in [
            "", "node", text + " ", " " + text, text.replacing(" ", with: "  "),
            text.replacing("node", with: "user"), text.replacing("http", with: "gopher"),
            "node zz http://x", String(text.dropFirst()),
        ] {
            #expect(Introduction.contact(from: bad, key: key) == nil, "\(bad)")
        }
    }
}

@Suite struct SignedCapabilityTests {
    private static let token = JoinToken("a token for tests")!

    @Test func `a capability travels whole or not at all`() throws {
        let peer = try TestPeer(.backend, seed: 1, token: Self.token)
        let last = Instant.admitted.upperBound.nanoseconds
        for expires in [0, 1, last] {
            let signed = peer.capability(
                for: PeerID(.max), ChunkID(SHA256.hash([1])),
                expires: Instant(nanoseconds: expires))
            let text = signed.hexadecimal
            let read = try #require(SignedCapability(hexadecimal: text))
            #expect(read == signed && read.isValid(issuer: peer.identity.publicKey))
            #expect(SignedCapability(hexadecimal: String(text.dropLast(2))) == nil)
            #expect(SignedCapability(hexadecimal: text + "00") == nil)
            #expect(SignedCapability(hexadecimal: "zz" + text.dropFirst(2)) == nil)
        }
        #expect(SignedCapability(hexadecimal: "") == nil)
        for expires in [.min, -1, last + 1, .max] {
            let signed = peer.capability(
                for: PeerID(1), ChunkID(.zero), expires: Instant(nanoseconds: expires))
            #expect(SignedCapability(hexadecimal: signed.hexadecimal) == nil)
        }
    }

    @Test func `every bit of a capability counts`() throws {
        let peer = try TestPeer(.backend, seed: 1, token: Self.token)
        let signed = peer.capability(for: PeerID(1), ChunkID(.zero))
        let bytes = try #require(Hexadecimal.decode(signed.hexadecimal))
        for index in bytes.indices {
            var changed = bytes
            changed[index] ^= 0x10
            let read = SignedCapability(hexadecimal: Hexadecimal.encode(changed))
            #expect(read?.isValid(issuer: peer.identity.publicKey) != true, "byte \(index)")
        }
        let other = try TestPeer(.backend, seed: 2, token: Self.token)
        #expect(!signed.isValid(issuer: other.identity.publicKey))
        let forged = SignedCapability(signed.capability, by: other.identity)
        #expect(!forged.isValid(issuer: other.identity.publicKey), "issued in another's name")
    }
}
