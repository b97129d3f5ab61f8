/// Runs `body`, and then `close`, whatever came of it.
package func closing<Result>(
    _ close: () async -> Void, _ body: () async throws -> Result
) async throws -> Result {
    do {
        let result = try await body()
        await close()
        return result
    } catch {
        await close()
        throw error
    }
}
