/// The regions between which latencies were measured.
enum Region {
    static let names = [
        "dallas", "toronto", "washington", "frankfurt", "london", "madrid", "osaka", "sydney",
        "tokyo",
        "sao-paulo",
    ]
}
