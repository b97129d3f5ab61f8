/// A rare way that a role's state machine took.
///
/// Nobody's behaviour depends on it, and no measurement: who searches for scenarios that fail counts which
/// marks a scenario reached, and goes on from those that reached new ones.
package enum Mark: UInt8, Sendable, CaseIterable {
    // Uploads.
    case putOfStored, putAgainMeanwhile, storeHedged, storeOnLeaver, holdRenewed, holdExpired
    case commitAgain, commitLackedChunks
    // Downloads.
    case retrievalHedged, retrievalsRaced, bytesCameLate, readFellBack, readFoundNobody
    // Deletions.
    case deletionWaited, deletionUnwanted, deletionSpared, deletionUnproven, fileDeletionAgain
    // Comparisons and audits.
    case comparisonMetArrival, comparisonMetDeletion, comparisonRepeated, comparisonGivenUp
    case replicaAdopted
    case surplusDeleted, orphanCollected, collectionStopped, proofsDiffered, challengeUnmet
    // Repair.
    case repairMetRelease, repairOvertaken, repairWithoutSource, repairWithoutTarget
    case sourceLackedChunk, targetWasFull, copyOnSuspect, copyOnLeaver, copyUnproven, excessTrimmed
    case chunkSpread
    // Membership.
    case answerCameLate, discoveryRestarted, deadReturned, diedUnheard, leaveWithdrawn
    case leaveUnproven, nobodyHolds, memberDoubted, memberTrusted, accusationFalse, backlogPaused
    // Nodes.
    case deletionOfNewer, deletionMetWrite, deletionExpired, storeWasOld, storeMetWrite
    case copyWasTooMany, copyHadNoRoom, fetchCameLate, fetchUnanswered, diskRefusedWrite
    case damageOutdated, damageDiscarded, leaseLost, leaveBeforeIndex
    case trashRestored, trashGaveWay
    case ledgerForked, deletionFromBehind
    // Ledgers in the network.
    case blockSentAgain, blockReadBack, keeperRefused, keeperLostBlocks, keeperGivenUp, ledgerUnkept
    case ledgerAwaited, ledgerCaughtUp, ledgerBehind

    /// A stable name.
    package var name: String { "\(self)" }

    private static let named = Dictionary(uniqueKeysWithValues: allCases.map { ($0.name, $0) })

    package init?(name: String) {
        guard let mark = Self.named[name] else { return nil }
        self = mark
    }

    /// What happened.
    package var words: String {
        switch self {
        case .putOfStored: "a chunk was put that stood on a quorum already"
        case .putAgainMeanwhile: "a user tried again while the chunk was on its way"
        case .storeHedged: "another node was asked to store what a first was slow with"
        case .storeOnLeaver: "a store ended on a node that no longer counts"
        case .holdRenewed: "a stored chunk was kept on since its user went on storing"
        case .holdExpired: "a stored chunk was let go since nobody committed it"
        case .commitAgain: "a file was committed a second time"
        case .commitLackedChunks: "a commit named chunks that no quorum holds"
        case .retrievalHedged: "another node was asked for what a first was slow with"
        case .retrievalsRaced: "a node answered while another was still being asked"
        case .bytesCameLate: "a chunk arrived after its user had it, or nothing"
        case .readFellBack: "a replica was not what it should be, and another was asked for"
        case .readFoundNobody: "nobody was left to ask for a chunk"
        case .deletionWaited: "a deletion waited since the placement had changed again"
        case .deletionUnwanted: "a replica was wanted again before it was deleted"
        case .deletionSpared: "a replica was spared since others had become scarce"
        case .deletionUnproven: "a replica was kept since too few others proved to be like it"
        case .fileDeletionAgain: "a file was deleted again while its deletion was being written"
        case .comparisonMetArrival: "a comparison missed what had only just arrived"
        case .comparisonMetDeletion: "a comparison found what was being deleted"
        case .comparisonRepeated: "a comparison asked again"
        case .comparisonGivenUp: "a comparison took too long and was given up"
        case .replicaAdopted: "a replica that was not counted on was adopted"
        case .surplusDeleted: "a replica that was not counted on was to be deleted"
        case .orphanCollected: "a chunk that no ledger names was collected"
        case .collectionStopped: "there were too many orphans to collect any"
        case .proofsDiffered: "two nodes proved to hold different bytes"
        case .challengeUnmet: "a challenged node lacked the chunk"
        case .repairMetRelease: "a repair ended after its chunk was released"
        case .repairOvertaken: "a repair was no longer needed when its turn came"
        case .repairWithoutSource: "a repair found nobody to copy from"
        case .repairWithoutTarget: "a repair found nobody to copy to"
        case .sourceLackedChunk: "a repair's source lacked the chunk"
        case .targetWasFull: "a repair's target was full"
        case .copyOnSuspect: "a copy ended on a node that had become suspect"
        case .copyOnLeaver: "a copy ended on a node that no longer counts"
        case .copyUnproven: "a copy did not count since its target could not prove it"
        case .excessTrimmed: "there were more replicas than wanted"
        case .chunkSpread: "a chunk in too few failure domains was copied to another"
        case .answerCameLate: "an answer found its call gone"
        case .discoveryRestarted: "a discovery had forgotten everything"
        case .deadReturned: "a dead node returned"
        case .diedUnheard: "a node of which no discovery knew was declared dead"
        case .leaveWithdrawn: "a leaving node restarted and stayed"
        case .leaveUnproven:
            "a leaving node was kept since too few others proved to hold what it does"
        case .nobodyHolds: "a chunk lost its last holder"
        case .accusationFalse: "a node said of another that it lacked a chunk that it had"
        case .memberDoubted: "a node had met no challenge for so long that it counted no more"
        case .memberTrusted: "a node that was doubted counted again"
        case .backlogPaused: "a node held too much to look at all of it at once"
        case .deletionOfNewer: "a node refused to delete what was stored after the request"
        case .deletionMetWrite: "a node refused to delete what it was writing"
        case .deletionExpired: "a node refused a deletion that came too late"
        case .storeWasOld: "a node was given what it held already"
        case .storeMetWrite: "a node was given what it was writing"
        case .copyWasTooMany: "a node refused a copy since others were under way"
        case .copyHadNoRoom: "a node refused a copy that it had no room for"
        case .fetchCameLate: "a copied chunk arrived after the node had given up"
        case .fetchUnanswered: "a source could not give a copy now"
        case .diskRefusedWrite: "a disk refused a write"
        case .damageOutdated: "what was read as damaged had been replaced meanwhile"
        case .damageDiscarded: "a damaged replica was discarded"
        case .leaseLost: "a discovery did not know a node that beat"
        case .leaveBeforeIndex: "a node was told to leave before it had its index"
        case .trashRestored: "what had been deleted was brought back"
        case .trashGaveWay: "trash was deleted for good to make room"
        case .ledgerForked: "a node was given another block than the one that it keeps"
        case .deletionFromBehind: "a node refused a deletion of a backend that had been further"
        case .blockSentAgain: "a block was sent again to a node that had lost it, or not heard"
        case .blockReadBack: "an old block was read back for a node that keeps the ledger"
        case .keeperRefused: "a node did not keep a block, and another was chosen"
        case .keeperLostBlocks: "a node no longer had blocks that it had kept"
        case .keeperGivenUp: "a node showed none of the blocks that it said it keeps"
        case .ledgerUnkept: "a block was acted on before enough nodes kept it"
        case .ledgerAwaited: "a backend waited for those who may keep its ledger"
        case .ledgerCaughtUp: "a backend got blocks back that its own disk had not"
        case .ledgerBehind: "a backend met a node that knows more of its ledger than it does"
        }
    }
}

/// A set of marks.
package struct Marks: Sendable, Equatable {
    /// A bit for each, by its raw value.
    package private(set) var bits: UInt128 = 0

    package init() {}

    package init(_ marks: some Sequence<Mark>) {
        for mark in marks { insert(mark) }
    }

    @inlinable
    package var isEmpty: Bool { bits == 0 }

    package func contains(_ mark: Mark) -> Bool { bits >> UInt128(mark.rawValue) & 1 == 1 }

    package mutating func insert(_ mark: Mark) { bits |= 1 << UInt128(mark.rawValue) }

    package mutating func formUnion(_ other: Marks) { bits |= other.bits }

    /// In the order of their declaration.
    package var all: [Mark] { Mark.allCases.filter(contains) }
}
