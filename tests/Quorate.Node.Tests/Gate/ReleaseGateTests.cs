using Quorate.Journal;
using Quorate.Node.Gate;
using Quorate.Node.Governance;
using Quorate.Threshold.Sessions;

namespace Quorate.Node.Tests.Gate;

/// <summary>The gate over a real journal: what is recorded when, and what a restart leaves.</summary>
public sealed class ReleaseGateTests : IAsyncLifetime
{
    static readonly PartySet quorum = new([new(1), new(3)]);

    readonly Deployment acme = new();
    readonly Clock clock = new(Deployment.Start);
    readonly string folder = Directory.CreateTempSubdirectory("quorate-gate").FullName;
    NodeJournal journal = null!;
    ReleaseGate gate = null!;

    public async Task InitializeAsync()
    {
        await OpenAsync();
        Assert.Null(await new NodeGovernance(journal, acme.Id("node-1"), clock).InstallAsync(acme.Genesis, default));
        using var turn = await journal.TakeTurnAsync(default);
        await turn.AppendAsync(NodeJournal.NodeStream, EventStore.AnyVersion, Deployment.Keyed(acme.Wallet), default);
    }

    public async Task DisposeAsync()
    {
        if (journal is not null)
            await journal.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    async Task OpenAsync()
    {
        var store = await EventStore.OpenSqliteAsync(Path.Combine(folder, "journal.db"), new() { Time = clock });
        journal = await NodeJournal.OpenAsync(store, default);
        gate = new(journal, Deployment.Judges, clock);
    }

    async Task RestartAsync()
    {
        await journal.DisposeAsync();
        await OpenAsync();
    }

    static SessionId Session(int n) => SessionId.Derive(BitConverter.GetBytes(n));

    async Task<Ruling.Permit> PermitAsync(SigningRequest request) => Assert.IsType<Ruling.Permit>(await gate.RuleAsync(request, default));

    async Task AssertRefusedAsync(Refusal reason, SigningRequest request) =>
        Assert.Equal(reason, Assert.IsType<Ruling.Refused>(await gate.RuleAsync(request, default)).Reason);

    [Fact]
    public async Task A_permit_is_in_the_journal_before_it_is_given()
    {
        var request = acme.Request();
        await PermitAsync(request);
        var (recorded, _) = await gate.ReadAsync(request.Intent, default);
        Assert.Equal((request.Intent.Hash, acme.State.Policy!.Hash), (recorded.Intent, recorded.AllowedBy));
    }

    [Fact]
    public async Task What_a_node_has_decided_survives_a_restart()
    {
        await PermitAsync(acme.Request());
        await RestartAsync();
        Assert.Single(journal.State.Pending);
        await AssertRefusedAsync(Refusal.RequestReused, acme.Request("req_1", nonce: 5));
        await PermitAsync(acme.Request());
        for (var i = 2; i <= 10; i++)
            await PermitAsync(acme.Request($"req_{i}", (ulong)i));
        await RestartAsync();
        await AssertRefusedAsync(Refusal.Denied, acme.Request("req_11", 11));
    }

    [Fact]
    public async Task A_journal_that_can_not_be_written_permits_nothing()
    {
        await journal.DisposeAsync();
        await Assert.ThrowsAnyAsync<Exception>(() => gate.RuleAsync(acme.Request(), default));
        await OpenAsync();
        Assert.Equal(RequestState.Unknown, (await gate.ReadAsync(acme.Request().Intent, default)).State);
    }

    [Theory]
    [InlineData("UPDATE events SET payload = CAST(replace(CAST(payload AS TEXT), 'allow', 'alloW') AS BLOB) WHERE type = 'signing-allowed'")]
    [InlineData("DELETE FROM events WHERE type = 'signing-allowed'")]
    [InlineData("UPDATE events SET stream = 'request/req_9' WHERE stream = 'request/req_2'")]
    public async Task A_node_does_not_start_over_an_edited_database(string edit)
    {
        await PermitAsync(acme.Request());
        await PermitAsync(acme.Request("req_2", nonce: 1));
        await gate.OpenSessionAsync(await PermitAsync(acme.Request()), 0, Session(1), quorum, default);
        await journal.DisposeAsync();
        await using (var connection = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={Path.Combine(folder, "journal.db")};Pooling=False"))
        {
            await connection.OpenAsync();
            var command = connection.CreateCommand();
            command.CommandText = "DROP TRIGGER events_are_not_changed; DROP TRIGGER events_are_not_deleted; " + edit;
            Assert.True(await command.ExecuteNonQueryAsync() > 0);
        }
        await Assert.ThrowsAsync<JournalCorruptException>(OpenAsync);
        journal = null!;
    }

    [Fact]
    public async Task The_first_session_spends_and_a_retry_spends_nothing_more()
    {
        var permit = await PermitAsync(acme.Request());
        Assert.Null(await gate.OpenSessionAsync(permit, 0, Session(1), quorum, default));
        Assert.Empty(journal.State.Pending);
        await gate.EndSessionAsync(permit, 0, Session(1), null, "P3 timed out", default);
        await RestartAsync();
        var again = await PermitAsync(acme.Request());
        Assert.Null(await gate.OpenSessionAsync(again, 0, Session(2), quorum, default));
        await gate.EndSessionAsync(again, 0, Session(2), new byte[64], null, default);
        var (recorded, _) = await gate.ReadAsync(permit.Intent, default);
        Assert.Equal((2, 64), (recorded.Sessions, recorded.Signatures[0].Length));
        for (var i = 2; i <= 10; i++)
            await PermitAsync(acme.Request($"req_{i}", (ulong)i));
        await AssertRefusedAsync(Refusal.Denied, acme.Request("req_11", 11));
    }

    [Fact]
    public async Task What_expires_unsigned_is_free_again_and_never_signed()
    {
        for (var i = 1; i <= 10; i++)
            await PermitAsync(acme.Request($"req_{i}", (ulong)i));
        await AssertRefusedAsync(Refusal.Denied, acme.Request("req_11", 11));
        var permit = await PermitAsync(acme.Request("req_1", 1));

        clock.Now = permit.Intent.ExpiresAt;
        var payment = Deployment.Payment(Deployment.Ether / 2, nonce: 12);
        await PermitAsync(acme.Request(payment, acme.IntentOf(payment, "req_12", expiresAt: clock.Now.AddHours(1)), "alice"));
        Assert.Single(journal.State.Pending);
        Assert.Equal(Refusal.Expired, (await gate.OpenSessionAsync(permit, 0, Session(1), quorum, default))!.Reason);
        // And not when the clock is set back, either.
        clock.Now -= TimeSpan.FromMinutes(1);
        Assert.Equal(Refusal.Expired, (await gate.OpenSessionAsync(permit, 0, Session(1), quorum, default))!.Reason);
    }

    [Fact]
    public async Task A_freeze_between_permit_and_session_stops_it()
    {
        var permit = await PermitAsync(acme.Request());
        await new NodeGovernance(journal, acme.Id("node-1"), clock).FreezeByOperatorAsync("treasury", "an alarm", default);
        Assert.Equal(Refusal.Frozen, (await gate.OpenSessionAsync(permit, 0, Session(1), quorum, default))!.Reason);
        await RestartAsync();
        await AssertRefusedAsync(Refusal.Frozen, acme.Request());
    }

    [Fact]
    public async Task A_reshared_key_takes_new_approvals()
    {
        var permit = await PermitAsync(acme.Request());
        var old = acme.Wallet.Ecdsa!;
        var next = new WalletKeys("treasury", new(old.Scheme, old.Origin, 1, old.Threshold, old.Parties, old.GroupKey, old.VerifyingShares.ToArray(), old.ChainCode), null, null);
        using (var turn = await journal.TakeTurnAsync(default))
            await turn.AppendAsync(NodeJournal.NodeStream, EventStore.AnyVersion, Deployment.Keyed(next), default);
        Assert.Equal(Refusal.WrongEpoch, (await gate.OpenSessionAsync(permit, 0, Session(1), quorum, default))!.Reason);
    }

    [Fact]
    public async Task A_permit_opens_sessions_for_its_own_inputs_only_and_not_without_end()
    {
        var permit = await PermitAsync(acme.Request());
        await Assert.ThrowsAsync<ArgumentException>(() => gate.OpenSessionAsync(permit, 1, Session(1), quorum, default));
        for (var i = 0; i < Judgement.MaxSessions; i++)
            Assert.Null(await gate.OpenSessionAsync(permit, 0, Session(i), quorum, default));
        Assert.Equal(Refusal.TooMany, (await gate.OpenSessionAsync(permit, 0, Session(99), quorum, default))!.Reason);
    }

    [Fact]
    public async Task A_permit_of_another_node_opens_nothing_here()
    {
        var (ruling, _) = Judgement.Rule(acme.State, acme.Request(), RequestState.Unknown, Deployment.Judges, Deployment.Start);
        await Assert.ThrowsAsync<ArgumentException>(() => gate.OpenSessionAsync((Ruling.Permit)ruling, 0, Session(1), quorum, default));
    }

    [Fact]
    public async Task Two_servers_racing_one_request_get_one_decision()
    {
        var rulings = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(() => gate.RuleAsync(acme.Request("req_1", (ulong)(i % 2)), default))));
        Assert.Equal(4, rulings.Count(r => r is Ruling.Permit));
        Assert.Equal(4, rulings.Count(r => r is Ruling.Refused { Reason: Refusal.RequestReused }));
        Assert.Single(journal.State.Pending);
    }

    [Fact]
    public async Task Decisions_beside_each_other_count_each_others_charges_and_fold_to_the_same_again()
    {
        // Half an ether each, five ether a day.
        var rulings = await Task.WhenAll(Enumerable.Range(0, 30).Select(i => Task.Run(() => gate.RuleAsync(acme.Request($"req_{i}", (ulong)i), default))));
        Assert.Equal(10, rulings.Count(ruling => ruling is Ruling.Permit));
        var before = journal.State;
        await RestartAsync();
        Assert.Equal(before.Pending.Keys.Order(), journal.State.Pending.Keys.Order());
        await AssertRefusedAsync(Refusal.Denied, acme.Request("req_more", 99));
    }

    [Fact]
    public async Task Of_two_intents_under_one_request_one_is_permitted_however_they_race()
    {
        for (var i = 0; i < 10; i++)
        {
            var rulings = await Task.WhenAll(Enumerable.Range(0, 8).Select(n => Task.Run(() => gate.RuleAsync(acme.Request($"req_{i}", (ulong)n % 2), default))));
            Assert.Single(rulings.OfType<Ruling.Permit>().Select(permit => permit.Intent.Hash).Distinct());
            Assert.Equal(4, rulings.OfType<Ruling.Refused>().Count(refused => refused.Reason == Refusal.RequestReused));
        }
    }

    [Fact]
    public async Task What_was_queued_and_is_not_there_is_not_believed()
    {
        Task written;
        using (var turn = await journal.TakeTurnAsync(default))
        {
            written = turn.Enqueue(NodeJournal.NodeStream, 99, new NodeEvent.Frozen(Deployment.Start.ToUnixTimeSeconds(), "treasury", "", "never", null, []));
            Assert.True(journal.State.IsFrozen("treasury"));
        }
        await Assert.ThrowsAsync<VersionConflictException>(() => written);
        // And the node goes on with what is there.
        await PermitAsync(acme.Request());
        Assert.False(journal.State.IsFrozen("treasury"));
        Assert.Single(journal.State.Pending);
    }
}
