package import Roles

/// What the protocol itself cost.
package struct ControlMeter: Sendable {
    package var messages: UInt64 = 0
    /// On the wire without payload.
    package var bytes: UInt64 = 0
    package var payloadBytes: UInt64 = 0
    package internal(set) var messagesLost: UInt64 = 0
    var requestsTimedOut: UInt64 = 0

    @inlinable
    package mutating func sent(_ bytes: Message.ByteCounts) {
        messages &+= 1
        self.bytes &+= UInt64(bytes.control)
        payloadBytes &+= UInt64(bytes.payload)
    }

    static let metrics = [
        Metric(
            "control.messages", "Messages without payload: heartbeats, questions, answers.",
            row: "control messages", compared: [""], .count(\.control.messages)),
        Metric("control.bytes", "Their bytes.", compared: [""], .bytes(\.control.bytes)),
        Metric(
            "control.bytesPerNodeDay", "Those per storage node and day.",
            row: "control bytes per node and day", compared: [""],
            .value(in: .bytes) {
                let nodeDays = $0.churn.meanNodesUp * $0.run.seconds / 86_400
                return .number(nodeDays > 0 ? Double($0.control.bytes) / nodeDays : 0)
            }),
        Metric(
            "control.payloadBytes", "Bytes of chunks on the wire.", row: "payload on the wire",
            compared: [""], .bytes(\.control.payloadBytes)),
        Metric(
            "control.messagesLost", "Messages that the network lost.", row: "messages lost",
            .count(\.control.messagesLost)),
        Metric(
            "control.requestsTimedOut", "Requests whose answer did not come in time.",
            row: "requests timed out", compared: [""], .count(\.control.requestsTimedOut)),
    ]
}
