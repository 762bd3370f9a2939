using Quorate.Cryptography.Curves;
using Quorate.Testing;
using Quorate.Threshold.Sessions;
using Quorate.Threshold.Transfer;

namespace Quorate.Threshold.Tests.Transfer;

public sealed class BaseTransferTests
{
    static readonly byte[] Label = TransferLabel.Create([1], new(1), new(2));

    [Fact]
    public void The_receiver_gets_the_chosen_pad_and_never_the_other()
    {
        var run = new Run(6, Label, Label);
        for (var i = 0; i < BaseTransfer.Count; i++)
        {
            Assert.Equal(run.Sent(run.Choice(i), i), run.Received(i));
            Assert.NotEqual(run.Sent(1 - run.Choice(i), i), run.Received(i));
        }
    }

    [Fact]
    public void Devious_transfer_all_pads_of_both_sides_are_distinct()
    {
        // No two transfers, bits, directions or sessions share a pad: not in one batch, not in the reverse one.
        var forth = new Run(6, Label, Label);
        var back = new Run(6, TransferLabel.Create([1], new(2), new(1)), TransferLabel.Create([1], new(2), new(1)));
        var other = new Run(6, TransferLabel.Create([2], new(1), new(2)), TransferLabel.Create([2], new(1), new(2)));
        var pads = new[] { forth, back, other }.SelectMany(r => Enumerable.Range(0, BaseTransfer.Count).SelectMany(i => new[] { r.Sent(0, i), r.Sent(1, i) })).ToArray();
        Assert.Equal(pads.Length, pads.Distinct().Count());
    }

    [Fact]
    public void Another_label_or_position_gives_unknown_pads()
    {
        // Session, pair, direction: any difference leaves the receiver without either pad.
        foreach (var wrong in new[] { TransferLabel.Create([2], new(1), new(2)), TransferLabel.Create([1], new(2), new(1)), TransferLabel.Create([1], new(1), new(3)) })
        {
            var run = new Run(6, Label, wrong);
            Assert.All(Enumerable.Range(0, BaseTransfer.Count), i => Assert.DoesNotContain(run.Received(i), new[] { run.Sent(0, i), run.Sent(1, i) }));
        }
    }

    [Fact]
    public void A_changed_key_of_the_receiver_loses_every_pad()
    {
        var run = new Run(6, Label, Label, keys => keys[0] += Point<Secp256k1>.G);
        Assert.All(Enumerable.Range(0, BaseTransfer.Count), i => Assert.NotEqual(run.Sent(run.Choice(i), i), run.Received(i)));
    }

    [Fact]
    public void Swapped_transfers_lose_every_pad()
    {
        var run = new Run(6, Label, Label, keys => (keys[0], keys[1], keys[2], keys[3]) = (keys[2], keys[3], keys[0], keys[1]));
        Assert.All(Enumerable.Range(0, 2), i => Assert.DoesNotContain(run.Received(i), new[] { run.Sent(0, i), run.Sent(1, i), run.Sent(0, 1 - i), run.Sent(1, 1 - i) }));
    }

    [Fact]
    public void Receiver_keys_are_uniform_whatever_the_choice()
    {
        // Both keys of a transfer look alike: over many, the parity of y tells nothing about the choice.
        int[] odd = [0, 0];
        for (var seed = 0UL; seed < 4; seed++)
        {
            using var random = new SeededRandom(seed);
            var choices = new byte[16];
            random.Fill(choices);
            using var receiver = new BaseTransferReceiver(Label, choices, random);
            for (var i = 0; i < BaseTransfer.Count; i++)
                for (var b = 0; b < 2; b++)
                    odd[b ^ (choices[i / 8] >> i % 8 & 1)] += receiver.Message[(2 * i + b) * BaseTransfer.PointSize] & 1;
        }
        // 512 draws each: within six standard deviations of a half.
        Assert.All(odd, count => Assert.InRange(count, 256 - 68, 256 + 68));
    }

    [Fact]
    public void A_key_that_cancels_its_hash_is_refused()
    {
        using var random = new SeededRandom(7);
        using var sender = new BaseTransferSender(Label, random);
        var keys = Enumerable.Repeat(Point<Secp256k1>.G, BaseTransfer.KeyCount).ToArray();
        keys[0] = -BaseTransfer.Hash(Label, 0, 0, keys[1].Encode());
        Assert.False(sender.TryFinish(keys, new byte[BaseTransfer.PadsSize], new byte[BaseTransfer.PadsSize]));
    }

    [Fact]
    public void Any_of_the_keys_may_be_the_one_that_cancels()
    {
        using var random = new SeededRandom(7);
        using var sender = new BaseTransferSender(Label, random);
        foreach (var k in (int[])[1, 2, 129, BaseTransfer.KeyCount - 1])
        {
            var keys = Enumerable.Repeat(Point<Secp256k1>.G, BaseTransfer.KeyCount).ToArray();
            keys[k] = -BaseTransfer.Hash(Label, k / 2, k % 2, keys[k ^ 1].Encode());
            var (pads0, pads1) = (new byte[BaseTransfer.PadsSize], new byte[BaseTransfer.PadsSize]);
            Assert.False(sender.TryFinish(keys, pads0, pads1));
            Assert.True(pads0.All(b => b == 0) && pads1.All(b => b == 0));
        }
    }

    [Theory, InlineData(-1), InlineData(1)]
    public void Another_number_of_choices_or_keys_is_refused(int more)
    {
        using var random = new SeededRandom(7);
        Assert.Throws<ArgumentException>("choices", () => new BaseTransferReceiver(Label, new byte[16 + more], random));
        using var sender = new BaseTransferSender(Label, random);
        Assert.Throws<ArgumentException>("receiverKeys", () => sender.TryFinish(
            new Point<Secp256k1>[BaseTransfer.KeyCount + more], new byte[BaseTransfer.PadsSize], new byte[BaseTransfer.PadsSize]));
    }

    sealed class Run
    {
        readonly byte[] choices = new byte[16], pads0 = new byte[BaseTransfer.PadsSize], pads1 = new byte[BaseTransfer.PadsSize], chosen = new byte[BaseTransfer.PadsSize];

        internal Run(ulong seed, byte[] senderLabel, byte[] receiverLabel, Action<Point<Secp256k1>[]>? tamper = null)
        {
            using var random = new SeededRandom(seed);
            random.Fill(choices);
            using var receiver = new BaseTransferReceiver(receiverLabel, choices, random);
            using var sender = new BaseTransferSender(senderLabel, random);
            var reader = new WireReader(receiver.Message);
            var keys = new Point<Secp256k1>[BaseTransfer.KeyCount];
            for (var i = 0; i < keys.Length; i++)
                keys[i] = reader.Point<Secp256k1>();
            tamper?.Invoke(keys);
            Assert.True(sender.TryFinish(keys, pads0, pads1));
            receiver.Finish(sender.Key, chosen);
        }

        internal int Choice(int i) => choices[i / 8] >> i % 8 & 1;

        internal string Sent(int bit, int i) => Convert.ToHexString(bit == 0 ? pads0 : pads1, i * BaseTransfer.PadSize, BaseTransfer.PadSize);

        internal string Received(int i) => Convert.ToHexString(chosen, i * BaseTransfer.PadSize, BaseTransfer.PadSize);
    }
}
