package import Primitives
package import Roles

/// What happens next in a world, in order of time and, within one instant, of scheduling.
///
/// Heap entries are two words of plain data; what an event carries lies in a slab beside the heap, one
/// slab a kind, whose slots are used again. So moving entries about copies no message.
package struct EventQueue: Sendable {
    /// A heap entry: when, and then in which order, where the kind and slot ride in the low bits.
    @usableFromInline
    struct Key: Sendable {
        @usableFromInline var at: Int64
        @usableFromInline var order: UInt64

        @inlinable
        init(at: Int64, order: UInt64) {
            self.at = at
            self.order = order
        }

        /// Both words as one number, whose comparison takes no branch.
        @inlinable
        var rank: UInt128 {
            UInt128(_low: order, _high: UInt64(bitPattern: at) ^ 1 << 63)
        }
    }

    /// Which slab holds an event.
    package enum Kind: UInt64, Sendable {
        case message, timer, disk, environment
    }

    /// A message in flight; lost on its way where it is from whom it is to.
    package struct Delivery: Sendable {
        package var from: UInt32
        package var to: UInt32
        package var call: CallID
        package var message: Message
    }

    /// A timer of one run of a participant.
    package struct Alarm: Sendable {
        package var actor: UInt32
        package var epoch: UInt32
        package var timer: Timer
    }

    /// A disk operation of one run of a participant, about to be reported.
    package struct Completion: Sendable {
        package var actor: UInt32
        package var epoch: UInt32
        package var event: DiskEvent
    }

    private static let slotBits: UInt64 = 22
    private static let slotLimit = 1 << 22

    private var heap: [Key] = []
    private var scheduled: UInt64 = 0
    private var deliveries = Slab<Delivery>()
    private var alarms = Slab<Alarm>()
    private var completions = Slab<Completion>()
    private var environmentEvents = Slab<EnvironmentEvent>()

    package var count: Int { heap.count }

    /// When the next event is due.
    @inline(__always)
    package var nextAt: Instant? { heap.isEmpty ? nil : Instant(nanoseconds: heap[0].at) }

    @inline(__always)
    mutating func schedule(_ delivery: consuming Delivery, at instant: Instant) {
        push(.message, deliveries.insert(delivery), at: instant)
    }

    @inline(__always)
    mutating func schedule(_ alarm: Alarm, at instant: Instant) {
        push(.timer, alarms.insert(alarm), at: instant)
    }

    mutating func schedule(_ completion: consuming Completion, at instant: Instant) {
        push(.disk, completions.insert(completion), at: instant)
    }

    mutating func schedule(_ event: EnvironmentEvent, at instant: Instant) {
        push(.environment, environmentEvents.insert(event), at: instant)
    }

    /// Removes the next event's entry. Its content is then taken from the slab of its kind.
    @inline(__always)
    mutating func popKey() -> (at: Instant, kind: Kind, slot: Int) {
        let key = removeFirst()
        let tail = key.order & ((1 << (Self.slotBits + 2)) - 1)
        let kind = Kind(rawValue: tail & 3).unsafelyUnwrapped
        return (Instant(nanoseconds: key.at), kind, Int(tail >> 2))
    }

    @inline(__always)
    mutating func takeDelivery(_ slot: Int) -> Delivery { deliveries.take(slot) }
    @inline(__always)
    mutating func takeAlarm(_ slot: Int) -> Alarm { alarms.take(slot) }
    mutating func takeCompletion(_ slot: Int) -> Completion { completions.take(slot) }
    mutating func takeEnvironmentEvent(_ slot: Int) -> EnvironmentEvent {
        environmentEvents.take(slot)
    }

    /// Has the messages in flight that fit be lost: they are from whom they are to, and so from nobody.
    /// Returns how many.
    mutating func lose(where isLost: (Delivery) -> Bool) -> Int {
        var count = 0
        deliveries.change { delivery in
            guard delivery.from != delivery.to, isLost(delivery) else { return }
            delivery.from = delivery.to
            count += 1
        }
        return count
    }

    // MARK: The heap, four children a node

    @inline(__always)
    private mutating func push(_ kind: Kind, _ slot: Int, at instant: Instant) {
        precondition(slot < Self.slotLimit, "more than four million events are pending")
        scheduled += 1
        let order = scheduled << (Self.slotBits + 2) | UInt64(slot) << 2 | kind.rawValue
        let key = Key(at: instant.nanoseconds, order: order)
        heap.append(key)
        heap.withUnsafeMutableBufferPointer { heap in
            let rank = key.rank
            var index = heap.count - 1
            while index > 0 {
                let parent = (index - 1) >> 2
                guard rank < heap[parent].rank else { break }
                heap[index] = heap[parent]
                index = parent
            }
            heap[index] = key
        }
    }

    @inline(__always)
    private mutating func removeFirst() -> Key {
        let first = heap[0]
        let last = heap.removeLast()
        guard !heap.isEmpty else { return first }
        heap.withUnsafeMutableBufferPointer { heap in
            let rank = last.rank
            var index = 0
            while let child = Self.leastChild(of: index, in: heap), heap[child].rank < rank {
                heap[index] = heap[child]
                index = child
            }
            heap[index] = last
        }
        return first
    }

    /// Which of four is least is as good as random: choosing by numbers guesses no branch wrongly.
    @inline(__always)
    private static func leastChild(
        of index: Int, in heap: UnsafeMutableBufferPointer<Key>
    ) -> Int? {
        let child = index << 2 + 1
        guard child + 3 < heap.count else {
            return (child..<max(child, heap.count)).min { heap[$0].rank < heap[$1].rank }
        }
        let left = heap[child + 1].rank < heap[child].rank ? child + 1 : child
        let right = heap[child + 3].rank < heap[child + 2].rank ? child + 3 : child + 2
        return heap[right].rank < heap[left].rank ? right : left
    }
}

/// Storage whose slots are used again, so that its indices stay small.
struct Slab<Element: Sendable>: Sendable {
    private var elements: [Element?] = []
    private var free: [Int32] = []

    @inline(__always)
    mutating func insert(_ element: consuming Element) -> Int {
        if let slot = free.popLast() {
            elements[Int(slot)] = element
            return Int(slot)
        }
        elements.append(element)
        return elements.count - 1
    }

    mutating func change(_ body: (inout Element) -> Void) {
        for slot in elements.indices { if elements[slot] != nil { body(&elements[slot]!) } }
    }

    @inline(__always)
    mutating func take(_ slot: Int) -> Element {
        free.append(Int32(slot))
        var taken: Element?
        swap(&taken, &elements[slot])
        return taken.unsafelyUnwrapped
    }
}
