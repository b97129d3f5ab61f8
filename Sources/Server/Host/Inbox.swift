import ServiceLifecycle

/// What a server deals with one after the other, beside all else that it does.
struct Inbox<Element: Sendable>: Sendable {
    private let elements = AsyncStream.makeStream(
        of: Element.self, bufferingPolicy: .bufferingNewest(65_536))

    func add(_ element: Element) { elements.continuation.yield(element) }

    /// Deals with what was added, until the server stops.
    func service(_ body: @escaping @Sendable (Element) async -> Void) -> any Service {
        Reader(elements: elements, body: body)
    }

    private struct Reader: Service {
        let elements:
            (stream: AsyncStream<Element>, continuation: AsyncStream<Element>.Continuation)
        let body: @Sendable (Element) async -> Void

        func run() async throws {
            await withGracefulShutdownHandler {
                for await element in elements.stream { await body(element) }
            } onGracefulShutdown: {
                elements.continuation.finish()
            }
        }
    }
}
