package import Primitives

/// Method, path and query of a request: what writes a target is what routers read it by.
package struct Route: Sendable, Equatable {
    package enum Method: String, Sendable {
        case get = "GET"
        case post = "POST"
    }

    package let method: Method
    /// Such as `/retrieve/{chunk}`.
    package let path: String
    /// The names of the parameters, in the order of their values: those in the path, then the query's.
    package let parameters: [String]
    private let queryCount: Int

    package init(_ method: Method, _ path: String, query: [String] = []) {
        self.method = method
        self.path = path
        let inPath = path.split(separator: "/").filter { $0.hasPrefix("{") }
        parameters = inPath.map { String($0.dropFirst().dropLast()) } + query
        queryCount = query.count
    }

    /// The names of those parameters that stand in the query.
    package var query: ArraySlice<String> { parameters.suffix(queryCount) }

    /// Path and query with a value for each parameter.
    package func target(_ values: [String]) -> String {
        precondition(values.count == parameters.count, "\(path) needs a value for each parameter")
        var target = path
        for (name, value) in zip(parameters, values).dropLast(queryCount) {
            let hole = "{\(name)}"
            target = target.split(separator: "/").map { $0 == hole ? "/\(value)" : "/\($0)" }
                .joined()
        }
        for (index, (name, value)) in zip(parameters, values).suffix(queryCount).enumerated() {
            target += "\(index == 0 ? "?" : "&")\(name)=\(value)"
        }
        return target
    }
}

/// A value that stands in a path or a query.
package protocol RouteParameter {
    /// Nil for anything but what `routeText` writes.
    init?(routeText: String)
    var routeText: String { get }
    /// In words, for whoever wrote it wrongly.
    static var shape: String { get }
}

extension ChunkID: RouteParameter {
    package init?(routeText: String) { self.init(hexadecimal: routeText) }
    package var routeText: String { description }
    package static var shape: String { "64 hexadecimal digits" }
}

/// Nanoseconds since 1970.
extension Instant: RouteParameter {
    package init?(routeText: String) {
        guard let nanoseconds = Int64(routeText), String(nanoseconds) == routeText else {
            return nil
        }
        self.init(admitting: nanoseconds)
    }
    package var routeText: String { String(nanoseconds) }
    package static var shape: String { "nanoseconds since 1970, up to 2200" }
}

extension UInt64: RouteParameter {
    package init?(routeText: String) {
        guard let number = UInt64(routeText), String(number) == routeText else { return nil }
        self = number
    }
    package var routeText: String { String(self) }
    package static var shape: String { "a number" }
}

extension Word: RouteParameter {
    package init?(routeText: String) { self.init(hexadecimal: routeText) }
    package var routeText: String { hexadecimal }
    package static var shape: String { "16 hexadecimal digits" }
}
