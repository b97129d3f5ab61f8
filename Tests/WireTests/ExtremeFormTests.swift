import Extremes
import Foundation
import Merkle
import Primitives
import Testing
import Wire

/// Every form that travels as JSON, with the extremes in place of each of its parts.
@Suite struct ExtremeFormTests {
    @Test func `there is a sample of every form`() throws {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appending(path: "../../Sources/Wire")
        let sources = try FileManager.default.contentsOfDirectory(atPath: folder.path)
            .filter { $0.hasSuffix(".swift") }.map {
                try String(contentsOf: folder.appending(path: $0), encoding: .utf8)
            }
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
        let json = try WireJSON.encode(sample)
        #expect(try WireJSON.decode(Form.self, from: json) == sample)
        for variant in Extremes.variants(ofJSON: Array(json)) {
            guard let form = try? WireJSON.decode(Form.self, from: Data(variant)) else { continue }
            if let form = form as? LedgerProofForm {
                try? form.proof.verify(leafHash: form.leaf, root: form.header.ledgerRoot)
            }
            #expect(try WireJSON.decode(Form.self, from: WireJSON.encode(form)) == form)
        }
    }
}
