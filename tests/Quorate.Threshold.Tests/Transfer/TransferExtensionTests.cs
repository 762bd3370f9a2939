using System.Security.Cryptography;
using Quorate.Cryptography.Curves;
using Quorate.Testing;
using Quorate.Threshold.Transfer;

namespace Quorate.Threshold.Tests.Transfer;

public sealed class TransferExtensionTests
{
    static readonly byte[] Label = TransferLabel.Create([1], new(1), new(2)), Session = [7];
    static readonly TransferPair Pair = new(8);

    [Fact]
    public void The_receiver_gets_the_chosen_pads_and_never_the_others()
    {
        using var receiver = Receive();
        using var sender = Assert.IsType<ExtensionSender>(Send(receiver.Message));
        var (nonce, pads0, pads1, chosen) = (new byte[32], new Scalar<Secp256k1>[3], new Scalar<Secp256k1>[3], new Scalar<Secp256k1>[3]);
        var seen = new HashSet<Scalar<Secp256k1>>();
        var ones = 0;
        for (var j = 0; j < TransferExtension.Count; j++)
        {
            sender.Pads(sender.RowsKey(Session, nonce), j, 1, pads0, pads1);
            receiver.Pads(receiver.RowsKey(Session, nonce), j, 1, chosen);
            Assert.Equal(receiver.Choice(j) ? pads1 : pads0, chosen);
            Assert.All((IEnumerable<Scalar<Secp256k1>>)[.. pads0, .. pads1], p => Assert.True(seen.Add(p)));
            ones += receiver.Choice(j) ? 1 : 0;
        }
        Assert.InRange(ones, 224 - 64, 224 + 64);
    }

    [Fact]
    public void Many_rows_at_once_have_the_pads_of_each_alone()
    {
        using var receiver = Receive();
        using var sender = Send(receiver.Message)!;
        var key = receiver.RowsKey(Session, new byte[32]);
        for (var count = 1; count <= EightBlocks.Lanes; count++)
        {
            var (chosen, pads0, pads1) = (new Scalar<Secp256k1>[3 * count], new Scalar<Secp256k1>[3 * count], new Scalar<Secp256k1>[3 * count]);
            receiver.Pads(key, 440, count, chosen);
            sender.Pads(key, 440, count, pads0, pads1);
            for (var i = 0; i < count; i++)
            {
                Scalar<Secp256k1>[] one = new Scalar<Secp256k1>[3];
                receiver.Pads(key, 440 + i, 1, one);
                Assert.Equal(one, chosen[(3 * i)..(3 * i + 3)]);
                Assert.Equal(one, (receiver.Choice(440 + i) ? pads1 : pads0)[(3 * i)..(3 * i + 3)]);
            }
        }
    }

    [Fact]
    public void Any_changed_byte_fails_the_check_where_delta_sees_it()
    {
        using var receiver = Receive();
        for (var i = 0; i < BaseTransfer.Count; i++)
        {
            // A column is seen by the check only where Δ has a one: that is the selective failure.
            var message = receiver.Message.ToArray();
            message[TransferExtension.NonceSize + i * TransferExtension.ColumnSize + i % TransferExtension.ColumnSize] ^= 1;
            // The coefficients depend on every column, so an unadjusted check always fails.
            Assert.Null(Send(message));
        }
        foreach (var at in new[] { 0, TransferExtension.MessageSize - 64, TransferExtension.MessageSize - 33, TransferExtension.MessageSize - 32, TransferExtension.MessageSize - 1 })
        {
            var message = receiver.Message.ToArray();
            message[at] ^= 1;
            Assert.Null(Send(message));
        }
    }

    [Fact]
    public void Selective_failure_a_receiver_that_guesses_a_bit_of_delta_passes_or_fails_by_that_bit()
    {
        // It runs the honest steps with another choice vector in one column: the check then shows Δᵢ, which is why a
        // failure bans. It must pass exactly where Δᵢ = 0.
        for (var i = 0; i < 16; i++)
        {
            using var cheat = new CheatingReceiver(Label, Pair.Pads0, Pair.Pads1, column: i);
            var isZero = (Pair.Delta[i / 8] >> i % 8 & 1) == 0;
            using var sender = Send(cheat.Message);
            Assert.Equal(isZero, sender is not null);
        }
    }

    [Theory, InlineData(2, 1, 2), InlineData(1, 2, 1), InlineData(1, 1, 3)]
    public void A_message_of_another_session_pair_or_direction_fails(byte subject, int from, int to)
    {
        using var receiver = Receive();
        Assert.Null(ExtensionSender.TryCreate(TransferLabel.Create([subject], new(from), new(to)), Pair.Delta, Pair.Chosen, receiver.Message));
    }

    [Fact]
    public void Other_base_pads_or_another_delta_fail()
    {
        using var receiver = Receive();
        var other = new TransferPair(9);
        Assert.Null(ExtensionSender.TryCreate(Label, Pair.Delta, other.Chosen, receiver.Message));
        Assert.Null(ExtensionSender.TryCreate(Label, other.Delta, Pair.Chosen, receiver.Message));
    }

    [Fact]
    public void Every_input_of_the_row_hash_changes_the_pads()
    {
        using var receiver = Receive();
        var nonce = new byte[32];
        byte[][] keys = [
            receiver.RowsKey(Session, nonce), receiver.RowsKey([8], nonce), receiver.RowsKey(Session, SHA256.HashData(nonce)),
            TransferExtension.RowsKey(Label, Session, nonce, nonce)];
        var pads = keys.Select(k => { var p = new Scalar<Secp256k1>[3]; receiver.Pads(k, 5, 1, p); return p; }).SelectMany(p => p).ToArray();
        Assert.Equal(pads.Length, pads.Distinct().Count());
    }

    [Theory, InlineData(-1), InlineData(1)]
    public void A_message_of_another_length_is_the_callers_mistake(int more) =>
        Assert.Throws<ArgumentException>("message", () => Send(new byte[TransferExtension.MessageSize + more]));

    static ExtensionReceiver Receive()
    {
        using var random = new SeededRandom(10);
        return new(Label, Pair.Pads0, Pair.Pads1, random);
    }

    static ExtensionSender? Send(ReadOnlySpan<byte> message) => ExtensionSender.TryCreate(Label, Pair.Delta, Pair.Chosen, message);
}
