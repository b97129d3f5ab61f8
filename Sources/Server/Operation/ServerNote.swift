/// How to reach a node's server, which it leaves in its data folder for whoever may read that.
struct ServerNote: Hashable, Sendable, Codable {
    static let file = "server.json"

    var url: String
    /// What the server introduces itself with.
    var introduction: String
}
