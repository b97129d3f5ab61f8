import Ledger
import Primitives
import Testing

@testable import Roles

@Suite struct BackendMembershipTests {
    private func deaths(_ story: inout BackendStory) -> [PeerID] {
        story.notes { if case .declaredDead(let peer) = $0 { peer } else { nil } }
    }

    @Test func `a node that a discovery tells of is a member, and its joining is recorded`() throws
    {
        var story = BackendStory(nodes: 2, domains: 2)
        story.advance(by: .minutes(2))
        #expect(story.backend.members.all.map(\.peer) == story.nodes.map(\.id))
        let member = try story.member(1)
        #expect(member.standing.status == .alive)
        #expect(member.domain == 1)
        #expect(member.freeBytes == 1_000_000)
        #expect(
            try story.memberships(of: 1) == [
                .joined(
                    publicKey: Keys.publicKey(of: story.nodes[1].id), domain: 1,
                    capacityBytes: 1_000_000)
            ])
    }

    @Test
    func `much that a node holds is looked at bit by bit when it is back or dead, and all of it`()
        throws
    {
        var story = BackendStory(nodes: 4, domains: 4)
        let chunks = (0..<Backlog.step * 2).map { TestChunk($0, byteCount: 8) }
        try story.store(chunks)
        #expect(story.nodes[0].held.count > Backlog.step)
        for status in [PeerStatus.suspect, .alive, .dead] {
            story.say(status, of: story.nodes[0].registration)
            var waited = 0
            for _ in 0..<6000 {
                story.advance(by: .milliseconds(1))
                if !story.backend.backlog.entries.isEmpty { waited += 1 }
            }
            // Who is merely silent is no reason to do anything.
            #expect((waited > 0) == (status != .suspect))
            #expect(story.backend.backlog.entries.isEmpty)
        }
        story.advance(by: .minutes(10))
        for chunk in chunks { #expect(story.nodesHolding(chunk).filter { $0 > 0 }.count == 3) }
    }

    @Test func `the best that a discovery says counts`() throws {
        var story = BackendStory(discoveries: 2)
        story.discoveries[0].say(.dead, of: story.nodes[0].registration)
        story.advance(by: .minutes(1))
        #expect(try story.member(0).standing.status == .alive)
        story.discoveries[1].say(.suspect, of: story.nodes[0].registration)
        story.advance(by: .minutes(1))
        #expect(try story.member(0).standing.status == .suspect)
        story.discoveries[1].say(.dead, of: story.nodes[0].registration)
        story.advance(by: .minutes(1))
        #expect(try story.member(0).standing.status == .dead)
        #expect(deaths(&story) == [story.nodes[0].id])
        story.discoveries[0].say(.alive, of: story.nodes[0].registration)
        story.advance(by: .minutes(1))
        #expect(try story.member(0).standing.status == .alive)
    }

    @Test func `a discovery that has been silent for a while no longer counts`() throws {
        var story = BackendStory(discoveries: 2)
        story.discoveries[1].say(.suspect, of: story.nodes[0].registration)
        story.advance(by: .minutes(1))
        #expect(try story.member(0).standing.status == .alive)
        story.discoveries[0].isSilent = true
        story.advance(by: story.settings.peersInterval * 3)
        #expect(try story.member(0).standing.status == .alive)
        story.advance(by: story.settings.peersInterval * 4)
        #expect(try story.member(0).standing.status == .suspect)
    }

    @Test func `while no discovery answers, nobody's status changes`() throws {
        var story = BackendStory(discoveries: 2)
        for index in story.discoveries.indices { story.discoveries[index].isSilent = true }
        story.say(.dead, of: story.nodes[0].registration)
        story.advance(by: .days(2))
        for number in story.nodes.indices {
            #expect(try story.member(number).standing.status == .alive)
        }
        #expect(deaths(&story).isEmpty)
        for index in story.discoveries.indices { story.discoveries[index].isSilent = false }
        story.advance(by: .minutes(1))
        #expect(deaths(&story) == [story.nodes[0].id])
    }

    @Test func `a node that a restarted discovery has yet to hear of is suspect, not dead`() throws
    {
        // Days pass in which nothing about the nodes is news.
        var story = BackendStory()
        try story.store([TestChunk(1)])
        story.advance(by: .days(3))
        #expect(try story.member(0).standing.status == .alive)
        story.discoveries[0].restart()
        story.discoveries[0].say(.alive, of: story.nodes[1].registration)
        story.advance(by: .minutes(2))
        #expect(try story.member(0).standing.status == .suspect)
        #expect(try story.member(1).standing.status == .alive)
        #expect(deaths(&story).isEmpty)
        #expect(story.requests(\.copyRequest).isEmpty)
        for node in story.nodes { story.say(.alive, of: node.registration) }
        story.advance(by: .minutes(1))
        #expect(try story.member(0).standing.status == .alive)
    }

    @Test func `a node that is never heard of again dies, counted from when it was alive last`()
        throws
    {
        var story = BackendStory()
        story.advance(by: .days(3))
        story.discoveries[0].restart()
        for node in story.nodes.dropFirst() { story.say(.alive, of: node.registration) }
        story.advance(by: story.settings.deadAfter - .minutes(1))
        #expect(try story.member(0).standing.status == .suspect)
        story.advance(by: .minutes(2))
        #expect(try story.member(0).standing.status == .dead)
        #expect(deaths(&story) == [story.nodes[0].id])
        #expect(try story.member(1).standing.status == .alive)
    }

    @Test func `a node of which a discovery says only that it is suspect dies in time`() throws {
        var story = BackendStory()
        story.hear(.suspect, of: 0)
        story.advance(by: story.settings.deadAfter - .minutes(1))
        #expect(try story.member(0).standing.status == .suspect)
        story.advance(by: .minutes(2))
        #expect(try story.member(0).standing.status == .dead)
        #expect(deaths(&story) == [story.nodes[0].id])
    }

    @Test func `a node that only a vanished discovery knew dies in time`() throws {
        var story = BackendStory(discoveries: 2)
        story.discoveries[1].restart()
        for node in story.nodes.dropFirst() {
            story.discoveries[1].say(.alive, of: node.registration)
        }
        story.advance(by: .minutes(1))
        story.discoveries[0].isSilent = true
        story.advance(by: .minutes(5))
        #expect(try story.member(0).standing.status == .suspect)
        story.advance(by: story.settings.deadAfter)
        #expect(try story.member(0).standing.status == .dead)
        #expect(deaths(&story) == [story.nodes[0].id])
    }

    @Test func `a member that the ledger remembers and nobody tells of dies in time`() throws {
        var story = BackendStory()
        try story.store([TestChunk(1)])
        story.discoveries[0].restart()
        for node in story.nodes.dropFirst() { story.say(.alive, of: node.registration) }
        story.restartBackend()
        story.advance(by: story.settings.deadAfter - .minutes(1))
        #expect(try story.member(0).standing.status == .suspect)
        story.advance(by: .minutes(2))
        #expect(try story.member(0).standing.status == .dead)
    }

    @Test func `a death and a return are recorded`() throws {
        var story = BackendStory()
        story.hear(.dead, of: 0)
        story.hear(.alive, of: 0)
        story.advance(by: .minutes(2))
        #expect(try story.memberships(of: 0).suffix(2) == [.declaredDead, .returned])
        let returned = story.notes { if case .deadReturned(let peer) = $0 { peer } else { nil } }
        #expect(returned == [story.nodes[0].id])
    }

    @Test func `a member that restarted is compared soon, however short it was away`() {
        var story = BackendStory()
        story.advance(by: .minutes(2))
        let start = story.requests.count
        story.restartNode(3)
        story.advance(by: .minutes(2))
        #expect(story.requests[start...].map(\.to) == [story.nodes[3].id])
    }

    // MARK: Leaving

    @Test func `a node may go once all that it held stands elsewhere, durably`() throws {
        var story = BackendStory(nodes: 6, domains: 6)
        let chunks = (0..<20).map { TestChunk($0) }
        try story.store(chunks)
        let leaver = story.nodes[0].id
        #expect(!story.nodes[0].held.isEmpty)
        #expect(story.leave(leaver) != true)
        story.advance(by: .seconds(50))
        story.drive.disk.holding = .syncs
        let asked = story.inbox.count
        #expect(story.leave(leaver) != true)
        for chunk in chunks {
            #expect(story.nodesHolding(chunk).filter { $0 != 0 }.count == 3)
            #expect(!story.holders(of: chunk).contains(0))
        }
        story.releaseDisk()
        #expect(story.inbox[asked...].map(\.isGranted) == [true])
        for chunk in chunks {
            #expect(try story.placement(of: chunk)?.nodes.contains(leaver) == false)
        }
        #expect(try story.memberships(of: 0).last == .left)
    }

    @Test func `a node that holds nothing may go at once, and again if it asks again`() throws {
        var story = BackendStory()
        #expect(story.leave(story.nodes[0].id) == true)
        #expect(story.leave(story.nodes[0].id) == true)
        #expect(try story.memberships(of: 0).filter { $0 == .left }.count == 1)
    }

    @Test func `a node that the backend never heard of may go`() {
        var story = BackendStory()
        #expect(story.leave(Peers.stranger) == true)
    }

    @Test func `a leaving node's replicas are read while it hands them over`() throws {
        var story = BackendStory(nodes: 3)
        let chunk = TestChunk(1)
        try story.store([chunk])
        for index in 1...2 { story.nodes[index].isSilent = true }
        story.leave(story.nodes[0].id)
        let call = story.open(story.get(0, of: [chunk]))
        story.advance(by: .seconds(10))
        guard case .getChunk(.found)? = story.answer(to: call) else {
            Issue.record("the leaving node was not asked")
            return
        }
    }

    @Test func `a node that left is no member any more, also after a restart`() throws {
        var story = BackendStory(nodes: 4)
        story.leave(story.nodes[0].id)
        story.hear(.alive, of: 0)
        for number in 0..<10 { story.put(TestChunk(number)) }
        #expect(story.nodes[0].held.isEmpty)
        story.restartBackend()
        story.advance(by: .minutes(1))
        for number in 10..<20 { story.put(TestChunk(number)) }
        #expect(story.nodes[0].held.isEmpty)
        #expect(deaths(&story).isEmpty)
    }

    @Test func `a node that restarts has forgotten that it was leaving, and so has the backend`()
        throws
    {
        var story = BackendStory(nodes: 3)
        try story.store([TestChunk(1)])
        #expect(story.leave(story.nodes[0].id) != true)
        #expect(story.put(TestChunk(2)) == .stored)
        #expect(story.nodes[0].held.count == 1)
        story.restartNode(0)
        #expect(story.put(TestChunk(3)) == .stored)
        #expect(story.nodes[0].held.count == 2)
    }

    @Test func `nobody is dead because no discovery was there for a long time`() throws {
        var story = BackendStory()
        story.discoveries[0].isSilent = true
        story.advance(by: story.settings.deadAfter * 2)
        story.discoveries[0].restart()
        story.discoveries[0].isSilent = false
        story.advance(by: .minutes(1))
        #expect(try story.member(0).standing.status == .suspect)
        #expect(deaths(&story).isEmpty)
    }

    @Test func `a death and a return outlast a restart`() throws {
        var story = BackendStory()
        story.hear(.dead, of: 0)
        story.advance(by: .minutes(2))
        story.discoveries[0].isSilent = true
        story.restartBackend()
        #expect(try story.member(0).standing.status == .dead)
        story.discoveries[0].isSilent = false
        story.hear(.alive, of: 0)
        story.advance(by: .minutes(2))
        story.discoveries[0].isSilent = true
        story.restartBackend()
        #expect(try story.member(0).standing.status == .suspect)
    }
}
