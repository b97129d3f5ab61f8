import Foundation
package import Ledger
import NIOCore
import NIOHTTP1
import Primitives
package import Wire

extension StoreClient: LedgerSource {
    /// The latest blocks below a height; newest first. `limit` is 1 to 100.
    package func blocks(before height: UInt64?, limit: Int) async throws -> [HeaderForm] {
        let before = height.map { "before=\($0)&" } ?? ""
        return try await ask(
            ClientRequest(.GET, "/api/ledger/blocks?\(before)limit=\(limit)"),
            for: BlockListForm.self
        ).blocks
    }

    /// One block with its records.
    package func block(at height: UInt64) async throws -> BlockForm {
        try await ask(ClientRequest(.GET, "/api/ledger/blocks/\(height)"), for: BlockForm.self)
    }

    /// The proof that a record is in the ledger, as the backend gives it.
    package func ledgerProof(ofRecord index: UInt64) async throws -> LedgerProofForm {
        try await ask(
            ClientRequest(.GET, "/api/ledger/proof?record=\(index)"), for: LedgerProofForm.self)
    }

    /// The header of a block as it was signed; nil where there is no such block.
    package func signedHeader(at height: UInt64) async throws -> SignedHeader? {
        let body = try await send(ClientRequest(.GET, "/api/ledger/headers?from=\(height)&limit=1"))
        guard body.readableBytes > 0 else { return nil }
        return try translating(
            try SignedHeader(decoding: Array(buffer: body)),
            to: ClientError.unreadable("a block's header", from: backend))
    }

    /// The last headers of ledgers that a node was shown; nil where it does not answer. Whoever signed
    /// one stands in it, and the signature is yet to be checked.
    package func ledgerHeads(ofNode url: String) async -> [SignedHeader]? {
        guard let body = try? await get(url + "/heads", limit: 1 << 20),
            let form = try? WireJSON.decode(
                LedgerHeadsForm.self, from: Data(body.readableBytesView))
        else { return nil }
        return form.heads.compactMap { try? SignedHeader(decoding: $0.bytes) }
    }

    package func blocks(_ body: ([UInt8]) throws -> Void) async throws {
        var request = ClientRequest(.GET, "/api/ledger/export")
        request.deadlineSeconds = 24 * 3_600
        var blocks = BlockSplitter()
        try await stream(request) { buffer in
            blocks.append(buffer.readableBytesView)
            while let block = try blocks.next() { try body(block) }
        }
        try blocks.finish()
    }
}
