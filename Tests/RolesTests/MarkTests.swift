import Testing

@testable import Roles

struct MarkTests {
    @Test func `every mark has a place in a set, a name and words of its own`() {
        #expect(Mark.allCases.count <= UInt128.bitWidth)
        #expect(Mark.allCases.allSatisfy { Mark(name: $0.name) == $0 })
        #expect(Set(Mark.allCases.map(\.words)).count == Mark.allCases.count)
        #expect(Mark(name: "none") == nil)
    }

    @Test func `a set holds what was put in, in the order of declaration`() {
        var marks = Marks([.leaseLost, .putOfStored])
        #expect(marks.all == [.putOfStored, .leaseLost])
        #expect(marks.contains(.leaseLost) && !marks.contains(.excessTrimmed))
        marks.formUnion(Marks([.excessTrimmed]))
        #expect(marks.all.count == 3 && !marks.isEmpty && Marks().isEmpty)
    }

    @Test func `effects that were carried out leave no mark`() {
        var effects = Effects()
        effects.mark(.holdExpired)
        #expect(effects.marks.all == [.holdExpired])
        effects.removeAll()
        #expect(effects.marks.isEmpty)
    }
}
