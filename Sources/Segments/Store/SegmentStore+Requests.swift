package import Primitives
package import Roles

/// What a store is asked for, and when it does what nobody asks for.
extension SegmentStore {
    /// Carries out requests in their order, as far as the disk can be read; the rest waits.
    package mutating func perform(
        _ requests: some Sequence<(request: DiskRequest, caller: M.Caller)>, effects: inout [Effect]
    ) {
        waiting += requests
        carryOut(effects: &effects)
    }

    /// The sync that it named was run, with these failures.
    package mutating func finishSync(
        _ failures: [(SyncTarget, SystemError)], effects: inout [Effect]
    ) {
        endSync(failures, effects: &effects)
        if isClosing, failure != nil { idle(&effects) } else { sync(&effects) }
    }

    /// The while is over after which it wanted to try again.
    package mutating func retry(effects: inout [Effect]) {
        isRetrying = false
        if !isClosing { carryOut(isRetry: true, effects: &effects) }
    }

    /// Finishes what is under way and makes it durable. No request may follow.
    package mutating func close(effects: inout [Effect]) {
        isClosing = true
        batch.isWanted = true
        sync(&effects)
    }

    private mutating func carryOut(isRetry: Bool = false, effects: inout [Effect]) {
        let work = waiting
        waiting = []
        for (index, (request, caller)) in work.enumerated() {
            do throws(SystemError) {
                try carryOut(request, caller, &effects)
            } catch {
                waiting = Array(work[index...])
                medium.withTable { $0.status.failure = error }
                retryLater(&effects)
                return
            }
        }
        sync(isRetry: isRetry, &effects)
    }

    /// Throws when it could not be begun.
    private mutating func carryOut(
        _ request: DiskRequest, _ caller: M.Caller, _ effects: inout [Effect]
    ) throws(SystemError) {
        if !isRecovered { try recover() }
        switch request {
        case .recoverChunks:
            let chunks = try chunks()
            medium.withTable { [failure] in $0.status.failure = failure }
            effects.append(.report(.recoveredChunks(chunks), caller))
        case .write(let token, let stored, let payload):
            let outcome = write(stored, payload)
            medium.withTable { $0.dequeue(stored.chunk) }
            effects.append(.report(.wrote(token: token, outcome), caller))
        case .delete(let chunk):
            delete(chunk)
            medium.withTable { $0.dequeue(chunk) }
        case .setTrashed(let chunk, let since): setTrashed(chunk, since: since)
        case .read(let token, let chunk):
            var location: RecordLocation?
            if case .at(let place) = medium.withTable({ $0.startRead(chunk, onWriter: true) }) {
                location = place
            }
            effects.append(.read(token: token, location, caller))
        case .sync(let token):
            batch.isWanted = true
            batch.waiting.append((token, caller))
        // A node has no log.
        case .recoverLog: effects.append(.report(.recoveredLog([]), caller))
        case .append, .readBlock: break
        }
    }

    /// Starts the sync that is due.
    private mutating func sync(isRetry: Bool = false, _ effects: inout [Effect]) {
        if failure != nil, !isRetry, !isClosing {
            retryLater(&effects)
        } else if let work = startSync() {
            effects.append(.sync(work))
        } else if syncing == nil {
            idle(&effects)
        }
    }

    /// No sync is under way: the time to tidy up, to try again, or to close.
    private mutating func idle(_ effects: inout [Effect]) {
        if isClosing {
            shut()
            effects.append(.closed)
            return
        }
        if failure == nil {
            reclaimPostponed()
            compactSome()
            if let work = startSync() { return effects.append(.sync(work)) }
        }
        if failure != nil { retryLater(&effects) }
    }

    private mutating func retryLater(_ effects: inout [Effect]) {
        guard !isRetrying else { return }
        isRetrying = true
        effects.append(.retryLater)
    }
}

extension Medium {
    /// What a read that began at a place finds there.
    package mutating func read(
        _ location: RecordLocation, in folder: SegmentFolder
    ) -> ReadOutcome {
        defer { withTable { $0.finishRead(location) } }
        do throws(SystemError) {
            let file = try dataFile(of: location.segment, in: folder)
            let bytes = try files.read(file, Int(location.length), at: location.payloadOffset)
            // Else the file has become too short.
            // The writer notices as much only when it syncs.
            withTable { if $0.status.failure?.operation == .read { $0.status.failure = nil } }
            guard bytes.count == Int(location.length) else { return .damaged }
            return .bytes(Payload(bytes: bytes, byteCount: Int(location.byteCount)))
        } catch {
            withTable {
                $0.status.failedReads += 1
                if error.cause == .isGone { $0.status.failure = error }
            }
            return .unavailable
        }
    }
}
