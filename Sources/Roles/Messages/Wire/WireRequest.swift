/// A request between servers as it travels: HTTP without its bytes.
package struct WireRequest: Sendable, Equatable {
    package var route: Route
    /// The values of the route's parameters.
    package var parameters: [String]
    package var body: [UInt8]
    /// The capability that is shown for a chunk which somebody else's backend stored.
    package var capability: String?

    package init(
        _ route: Route, _ parameters: [any RouteParameter] = [], body: [UInt8] = [],
        capability: String? = nil
    ) {
        self.init(
            route, texts: parameters.map(\.routeText), body: body, capability: capability)
    }

    /// As it was received.
    package init(_ route: Route, texts: [String], body: [UInt8], capability: String?) {
        self.route = route
        parameters = texts
        self.body = body
        self.capability = capability
    }

    /// Path and query.
    package var target: String { route.target(parameters) }

    func parameter<Value: RouteParameter>(
        _ index: Int, as type: Value.Type = Value.self
    ) throws(WireError) -> Value {
        try route.parameter(index, of: parameters)
    }
}

extension Route {
    /// Reads the value of a parameter. Throws `malformed` with its name and shape.
    func parameter<Value: RouteParameter>(
        _ index: Int, of values: [String], as type: Value.Type = Value.self
    ) throws(WireError) -> Value {
        guard let value = Value(routeText: values[index]) else {
            throw .malformed("\(parameters[index]) is not \(Value.shape)")
        }
        return value
    }
}

/// Why bytes from elsewhere are not the message that they should be.
package enum WireError: Error, Equatable {
    /// What is wrong, in words for whoever sent it.
    case malformed(String)
    /// Whoever asks may not ask for this: a code and a sentence.
    case forbidden(code: String, String)
    /// The answer's status does not belong to the request.
    case unexpectedStatus(Int)
}
