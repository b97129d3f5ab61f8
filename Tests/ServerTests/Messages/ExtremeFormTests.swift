import Cryptography
import Foundation
import Merkle
import Primitives
import Roles
import Testing

@testable import Server
@testable import Wire

/// Every form that travels as JSON, with the extremes in place of each of its parts.
@Suite struct ExtremeFormTests {
    @Test func `there is a sample of every form`() throws {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appending(path: "../../../Sources/Live/Wire")
        let sources = try FileManager.default.contentsOfDirectory(atPath: folder.path)
            .map { try String(contentsOf: folder.appending(path: $0), encoding: .utf8) }
        let declared = sources.flatMap { source in
            source.matches(of: /(?m)^package struct (\w+): .*Codable/).map { String($0.1) }
        }
        let values = ["Base64", "Hex"]
        #expect(declared.count > values.count)
        #expect(
            Set(FormSamples.all.map { "\(type(of: $0))" }) == Set(declared).subtracting(values))
    }

    @Test(arguments: FormSamples.all.indices)
    func `a form with an extreme in it is refused, or says what it said`(index: Int) throws {
        try check(FormSamples.all[index])
    }

    private func check<Form: Codable & Hashable>(_ sample: Form) throws {
        let json = try JSON(parsing: WireJSON.bytes(sample))
        #expect(try WireJSON.read(Form.self, from: json.bytes) == sample)
        for variant in json.variants {
            let form: Form
            do throws(WireError) {
                form = try WireJSON.read(Form.self, from: variant.bytes)
            } catch .malformed(let what) {
                #expect(!what.isEmpty && !what.hasPrefix(" "))
                continue
            }
            try use(form)
            #expect(try WireJSON.read(Form.self, from: WireJSON.bytes(form)) == form)
        }
    }

    /// What a client does with some of them.
    private func use(_ form: some Codable) throws {
        switch form {
        case let form as LedgerProofForm:
            try? form.proof.verify(leafHash: form.leaf, root: form.header.ledgerRoot)
        case let form as LogInParametersForm:
            _ = try? ScryptParameters(
                cost: form.cost, blockSize: form.blockSize, parallelization: form.parallelization)
        default: break
        }
    }
}
