extension StringProtocol {
    /// Whether it is made of ASCII letters and digits, and of these characters besides.
    package func isAlphanumeric(besides others: String) -> Bool {
        utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                true
            default: others.utf8.contains(byte)
            }
        }
    }
    /// A name in camel case as words in lower case, with a separator between them.
    package func inWords(with separator: String) -> String {
        reduce(into: "") { $0 += $1.isUppercase ? separator + $1.lowercased() : String($1) }
    }
}

extension UInt64 {
    /// A word that stands for a name: FNV-1a, 64 bits.
    package init(namedBy name: String) {
        self = name.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    }
}
