import ArgumentParser

/// Seeds from one to another, both included, written "1..100".
struct SeedRange: ExpressibleByArgument {
    let seeds: ClosedRange<UInt64>

    init?(argument: String) {
        let bounds = argument.split(separator: "..", omittingEmptySubsequences: false)
        guard bounds.count == 2, let first = UInt64(bounds[0]), let last = UInt64(bounds[1]),
            first <= last, last - first < 1_000_000
        else { return nil }
        seeds = first...last
    }

    static var defaultValueDescription: String { "1..100" }
}
