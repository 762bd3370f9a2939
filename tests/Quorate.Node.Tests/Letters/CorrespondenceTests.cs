using System.Collections.Concurrent;
using Quorate.Node.Letters;
using Quorate.Node.Sessions;
using Quorate.Node.Tests.Sessions;
using Quorate.Policies;
using Quorate.Testing;
using static Quorate.Node.Tests.Channel.Nodes;

namespace Quorate.Node.Tests.Letters;

/// <summary>Questions between nodes, and what a network can do to them.</summary>
public sealed class CorrespondenceTests
{
    static readonly byte[] deployment = [.. Enumerable.Repeat((byte)1, 32)];
    static readonly TimeSpan patience = TimeSpan.FromSeconds(30), brief = TimeSpan.FromMilliseconds(300);

    static string Hex(byte[]? answer) => Convert.ToHexString(answer!);

    sealed class Office : IAsyncDisposable
    {
        internal Office(MemoryNetwork network, int number, TimeProvider? time = null)
        {
            Board = new(network.Join(Id(number)), Enumerable.Range(1, 3).Select(Id).ToHashSet());
            Desk = new(Board, Identity(number), deployment, time ?? TimeProvider.System, new SeededRandom((ulong)number, "letters"));
        }

        internal Switchboard Board { get; }

        internal Correspondence Desk { get; }

        internal Office Echo(ConcurrentQueue<NodeId>? askers = null)
        {
            Desk.Answer(Topic.Sign, (from, body, _) =>
            {
                askers?.Enqueue(from);
                return Task.FromResult<byte[]>([.. body.Span, 0xff]);
            });
            return this;
        }

        public async ValueTask DisposeAsync()
        {
            await Desk.DisposeAsync();
            await Board.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_question_is_answered_by_whom_it_is_for()
    {
        var network = new MemoryNetwork();
        await using var asker = new Office(network, 1);
        var askers = new ConcurrentQueue<NodeId>();
        await using var answerer = new Office(network, 2).Echo(askers);
        await using var other = new Office(network, 3).Echo(askers);
        Assert.Equal("0102FF", Hex(await asker.Desk.AskAsync(Id(2), Topic.Sign, new byte[] { 1, 2 }, patience, default)));
        Assert.Equal(Id(1), Assert.Single(askers));
        var many = await Task.WhenAll(Enumerable.Range(0, 50).Select(i => asker.Desk.AskAsync(Id(2 + i % 2), Topic.Sign, new[] { (byte)i }, patience, default)));
        Assert.Equal(Enumerable.Range(0, 50).Select(i => $"{i:X2}FF"), many.Select(Hex));
    }

    [Fact]
    public async Task What_nobody_answers_ends_without_an_answer()
    {
        var network = new MemoryNetwork();
        await using var asker = new Office(network, 1);
        await using var silent = new Office(network, 2).Echo();
        // Nobody handles the topic; the handler throws; nobody is there.
        Assert.Null(await asker.Desk.AskAsync(Id(2), Topic.Presign, new byte[1], brief, default));
        var failed = new TaskCompletionSource<Exception>();
        silent.Desk.Unanswered += (_, _, e) => failed.TrySetResult(e);
        silent.Desk.Answer(Topic.Abort, (_, _, _) => throw new FormatException("unreadable"));
        Assert.Null(await asker.Desk.AskAsync(Id(2), Topic.Abort, new byte[1], brief, default));
        Assert.IsType<FormatException>(await failed.Task.WaitAsync(patience));
        Assert.Null(await asker.Desk.AskAsync(Id(3), Topic.Sign, new byte[1], brief, default));
        await Assert.ThrowsAsync<ArgumentException>(() => asker.Desk.AskAsync(Id(1), Topic.Sign, new byte[1], brief, default));
        await Assert.ThrowsAsync<ArgumentException>(() => asker.Desk.AskAsync(Id(2), Topic.Sign, new byte[Correspondence.MaxBody + 1], brief, default));
    }

    [Fact]
    public async Task A_letter_that_is_repeated_is_taken_once()
    {
        var askers = new ConcurrentQueue<NodeId>();
        var network = new MemoryNetwork(letter => [letter, letter, letter]);
        await using var asker = new Office(network, 1);
        await using var answerer = new Office(network, 2).Echo(askers);
        for (var i = 0; i < 20; i++)
            Assert.NotNull(await asker.Desk.AskAsync(Id(2), Topic.Sign, new byte[1], patience, default));
        Assert.Equal(20, askers.Count);
    }

    [Fact]
    public void Every_changed_bit_makes_it_nobodys_letter()
    {
        var letter = new Letter(new byte[32], false, Topic.Sign, 5, new byte[] { 1, 2, 3 });
        var packet = letter.Seal(deployment, Identity(1), Id(2));
        Assert.NotNull(Letter.Open(packet, deployment, Id(1), Id(2)));
        for (var bit = 0; bit < packet.Length * 8; bit++)
        {
            byte[] changed = [.. packet];
            changed[bit / 8] ^= (byte)(1 << (bit % 8));
            // Version and kind are what the switchboard reads.
            if (bit / 8 is not (0 or 33))
                Assert.Null(Letter.Open(changed, deployment, Id(1), Id(2)));
        }
        for (var length = 34; length < packet.Length; length++)
            Assert.Null(Letter.Open(packet.AsMemory(0, length), deployment, Id(1), Id(2)));
    }

    [Fact]
    public void A_letter_is_for_one_recipient_from_one_sender_in_one_deployment()
    {
        var packet = new Letter(new byte[32], false, Topic.Sign, 5, new byte[3]).Seal(deployment, Identity(1), Id(2));
        Assert.Null(Letter.Open(packet, deployment, Id(3), Id(2)));
        Assert.Null(Letter.Open(packet, deployment, Id(1), Id(3)));
        Assert.Null(Letter.Open(packet, new byte[32], Id(1), Id(2)));
    }

    [Fact]
    public async Task A_question_cannot_be_answered_by_another_or_with_itself()
    {
        // The network gives node 3's answer, and the question, as node 2's answer.
        MemoryNetwork? network = null;
        network = new(letter =>
        {
            if (letter.From.Equals(Id(1)))
            {
                network!.Inject(Id(2), Id(1), letter.Bytes);
                var id = letter.Bytes.AsMemory(1, 32);
                network.Inject(Id(2), Id(1), new Letter(id, true, Topic.Sign, 0, new byte[] { 9 }).Seal(deployment, Identity(3), Id(1)));
            }
            return [letter];
        });
        await using var asker = new Office(network, 1).Echo();
        await using var answerer = new Office(network, 2).Echo();
        Assert.Equal("07FF", Hex(await asker.Desk.AskAsync(Id(2), Topic.Sign, new byte[] { 7 }, patience, default)));
    }

    [Fact]
    public async Task An_old_letter_or_one_from_the_future_is_not_taken()
    {
        var (askers, time) = (new ConcurrentQueue<NodeId>(), new ManualTime());
        var network = new MemoryNetwork();
        await using var answerer = new Office(network, 2, time).Echo(askers);
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        var window = (long)Correspondence.MaxAge.TotalMilliseconds;
        byte next = 0;
        void Send(long at) => network.Inject(Id(1), Id(2), new Letter(Enumerable.Repeat(++next, 32).ToArray(), false, Topic.Sign, at, default).Seal(deployment, Identity(1), Id(2)));
        Send(now - window - 1);
        Send(now + window + 1);
        Send(long.MinValue);
        Send(long.MaxValue);
        Send(now - window);
        Send(now + window);
        for (var i = 0; askers.Count < 2 && i < 500; i++)
            await Task.Delay(10);
        Assert.Equal(2, askers.Count);

        // The one from the future is remembered for as long as it is fresh.
        var last = new Letter(Enumerable.Repeat(next, 32).ToArray(), false, Topic.Sign, now + window, default).Seal(deployment, Identity(1), Id(2));
        time.Advance(2 * Correspondence.MaxAge);
        network.Inject(Id(1), Id(2), last);
        Send(time.GetUtcNow().ToUnixTimeMilliseconds());
        for (var i = 0; askers.Count < 3 && i < 500; i++)
            await Task.Delay(10);
        Assert.Equal(3, askers.Count);
    }

    [Fact]
    public async Task One_peer_cannot_take_the_others_turn()
    {
        var release = new TaskCompletionSource();
        var network = new MemoryNetwork();
        await using var busy = new Office(network, 2);
        busy.Desk.Answer(Topic.Sign, async (from, _, cancellation) =>
        {
            if (from.Equals(Id(1)))
                await release.Task.WaitAsync(cancellation);
            return [1];
        });
        await using var flood = new Office(network, 1);
        await using var other = new Office(network, 3);
        var waiting = Enumerable.Range(0, 500).Select(_ => flood.Desk.AskAsync(Id(2), Topic.Sign, default, TimeSpan.FromSeconds(2), default)).ToArray();
        Assert.NotNull(await other.Desk.AskAsync(Id(2), Topic.Sign, default, patience, default));
        release.SetResult();
        Assert.InRange((await Task.WhenAll(waiting)).Count(answer => answer is not null), 1, 64);
    }
}
