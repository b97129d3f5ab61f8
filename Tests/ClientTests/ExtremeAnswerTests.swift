import Extremes
import Files
import Foundation
import NIOCore
import Primitives
import Testing
import Wire

@testable import Client

/// What a backend answers with the extremes in it, to a client.
@Suite struct ExtremeAnswerTests {
    private let backend = BackendAddress("http://127.0.0.1:1")!

    @Test(arguments: Extremes.texts)
    func `a client waits no longer than its policy allows`(text: String) {
        for status in [0, 199, 300, 429, 503, .max] {
            let error = ClientError(
                status: status, body: ByteBuffer(), retryAfter: text, backend: backend)
            let delay = RetryPolicy().delay(afterTry: 1, asked: error.retryAfterSeconds, chance: 1)
            #expect(delay.map { 0...30 ~= $0 } != false)
        }
    }

    @Test func `a refusal is told whatever it says`() throws {
        let json = try WireJSON.encode(
            ErrorForm(code: "unknown-chunks", message: "m", indices: [0]))
        for variant in Extremes.variants(ofJSON: Array(json)) {
            let error = ClientError(
                status: 409, body: ByteBuffer(bytes: variant), retryAfter: nil, backend: backend)
            #expect(!error.message.isEmpty)
        }
    }

    @Test func `what is remembered of a ledger is refused, or reads as it was written`() throws {
        let memory = LedgerMemory(
            backend: backend.text, writer: .zero, blocks: 1, records: 1, tip: .zero)
        for variant in Extremes.variants(ofJSON: Array(try WireJSON.encode(memory))) {
            guard let read = try? WireJSON.decode(LedgerMemory.self, from: Data(variant)) else {
                continue
            }
            #expect(try WireJSON.decode(LedgerMemory.self, from: WireJSON.encode(read)) == read)
            var check = LedgerCheck(memory: read)
            #expect((try? check.finish(backend: read.backend)) == nil)
            #expect((try? check.check(encoded: [])) == nil)
        }
    }

    @Test func `an export is split into blocks, or refused`() {
        for bytes in Extremes.variants(of: [0, 0, 0, 2, 7, 7, 0, 0, 0, 1, 7]) {
            var splitter = BlockSplitter()
            splitter.append(bytes)
            while let block = try? splitter.next() { #expect(block.count <= bytes.count) }
        }
    }
}
