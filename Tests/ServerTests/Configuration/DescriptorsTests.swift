import Segments
import Storage
import Testing

@testable import Server

@Suite struct DescriptorsTests {
    @Test func `a server with enough of them serves all connections that are set`() throws {
        let descriptors = try Descriptors(limit: 65_536, servers: 1, cores: 8)
        #expect(descriptors.connections > 60_000)
        #expect(descriptors.chunkStore.openSegments == ChunkStoreLimits().openSegments)
        #expect(descriptors.chunkStore.openIndexes == ChunkStoreLimits().openIndexes)
    }

    @Test(arguments: [(1024, 1, 2), (1024, 7, 2), (256, 1, 16), (4096, 34, 4), (104, 1, 2)])
    func `files and connections together are never more than there are`(
        limit: Int, servers: Int, cores: Int
    ) throws {
        let descriptors = try Descriptors(limit: limit, servers: servers, cores: cores)
        let store = descriptors.chunkStore
        #expect(descriptors.connections >= 32 && store.openSegments >= 8 && store.openIndexes >= 4)
        // Index files may be open twice, to be marked in and to be synced.
        let files = store.openSegments + 2 * store.openIndexes
        #expect(servers * (descriptors.connections + 2 * files) <= limit - 4 * cores)
    }

    @Test func `a server with too few is not started`() throws {
        #expect(throws: StartError.tooFewDescriptors(103, needed: 104)) {
            try Descriptors(limit: 103, servers: 1, cores: 2)
        }
        let error = StartError.tooFewDescriptors(103, needed: 104)
        #expect(error.kind == .notPermitted && error.description.contains("needs 104"))
    }
}
