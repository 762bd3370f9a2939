using Quorate.Cryptography.Curves;
using Quorate.Cryptography.Secrets;
using Quorate.Testing;
using Quorate.Threshold.Dkls23;
using Quorate.Threshold.Sessions;
using Quorate.Threshold.Tests.Transfer;
using Quorate.Threshold.Transfer;

namespace Quorate.Threshold.Tests.Dkls23;

public sealed class MultiplicationTests
{
    static readonly byte[] Label = TransferLabel.Create([1], new(1), new(2)), Session = [7];

    [Theory, InlineData(1), InlineData(2), InlineData(3)]
    public void The_shares_add_up_to_the_products(ulong seed)
    {
        using var run = new Run(seed);
        using var d = Assert.IsType<ProductShares>(run.Receiver.TryFinish(Session, run.Message));
        var b = run.Receiver.Factor.Expose();
        Assert.Equal(run.A0.Expose() * b, run.C.U.Expose() + d.U.Expose());
        Assert.Equal(run.A1.Expose() * b, run.C.V.Expose() + d.V.Expose());
    }

    [Fact]
    public void Every_changed_field_fails_the_check()
    {
        using var run = new Run(4);
        Assert.Null(run.Receiver.TryFinish(Session, run.Message with { Eta = run.Message.Eta + Scalar<Secp256k1>.One }));
        Assert.Null(run.Receiver.TryFinish(Session, run.Message with { Nonce = Flip(run.Message.Nonce, 0) }));
        Assert.Null(run.Receiver.TryFinish(Session, run.Message with { Mu = Flip(run.Message.Mu, 31) }));
        for (var row = 0; row < TransferExtension.Count; row += 37)
            for (var k = 0; k < Multiplication.Width; k++)
                Assert.Null(run.Receiver.TryFinish(Session, run.Message with { Masked = Flip(run.Message.Masked, (row * Multiplication.Width + k) * 32 + 31) }));
    }

    [Fact]
    public void Another_session_fails_the_check()
    {
        using var run = new Run(5);
        Assert.Null(run.Receiver.TryFinish([8], run.Message));
    }

    [Fact]
    public void A_sender_that_uses_another_input_in_one_row_passes_or_fails_by_the_choice_in_it()
    {
        // The selective failure of the multiplication: it tells the choice bit, so a failure bans.
        using var run = new Run(6);
        for (var row = 0; row < 12; row++)
        {
            var cheat = run.Cheat(row);
            using var shares = run.Receiver.TryFinish(Session, cheat);
            Assert.Equal(!run.Receiver.Extension.Choice(row), shares is not null);
        }
    }

    [Fact]
    public void The_encoding_round_trips_and_refuses_scalars_out_of_range()
    {
        using var run = new Run(7);
        using var writer = new WireWriter();
        run.Message.Write(writer);
        Assert.Equal(MultiplicationMessage.Size, writer.Length);
        var reader = new WireReader(writer.Written);
        var read = MultiplicationMessage.Read(ref reader);
        reader.End();
        using var shares = run.Receiver.TryFinish(Session, read);
        Assert.NotNull(shares);

        var bytes = writer.Written.ToArray();
        bytes.AsSpan(32 + 5 * 32, 32).Fill(0xFF);
        Assert.Throws<WireException>(() => { var bad = new WireReader(bytes); MultiplicationMessage.Read(ref bad); });
    }

    [Fact]
    public void Every_message_has_a_nonce_of_its_own()
    {
        using var run = new Run(9);
        Assert.NotEqual(run.Message.Nonce, run.Again().Nonce);
        Assert.NotEqual(new byte[32], run.Message.Nonce);
    }

    [Fact]
    public void What_is_disposed_is_gone()
    {
        var run = new Run(8);
        run.Dispose();
        Assert.True(run.C.U.IsDisposed && run.C.V.IsDisposed && run.Receiver.Factor.IsDisposed);
        Assert.Throws<ObjectDisposedException>(() => run.Receiver.Extension.Choice(0));
    }

    static byte[] Flip(byte[] bytes, int at)
    {
        var changed = (byte[])bytes.Clone();
        changed[at] ^= 1;
        return changed;
    }

    sealed class Run : IDisposable
    {
        readonly SeededRandom random;
        readonly ExtensionSender sender;

        internal Run(ulong seed)
        {
            random = new(seed, "multiplication");
            var pair = new TransferPair(seed);
            Receiver = new(Label, pair.Pads0, pair.Pads1, random);
            sender = ExtensionSender.TryCreate(Label, pair.Delta, pair.Chosen, Receiver.Message)!;
            (A0, A1) = (Secret<Scalar<Secp256k1>>.Random(random), Secret<Scalar<Secp256k1>>.Random(random));
            C = MultiplicationSender.Run(sender, Session, A0, A1, random, out var message);
            Message = message;
        }

        internal MultiplicationReceiver Receiver { get; }

        /// <summary>A second message over the same transfers, as a repeated session would make it.</summary>
        internal MultiplicationMessage Again()
        {
            using var shares = MultiplicationSender.Run(sender, Session, A0, A1, random, out var message);
            return message;
        }

        internal Secret<Scalar<Secp256k1>> A0 { get; }

        internal Secret<Scalar<Secp256k1>> A1 { get; }

        internal ProductShares C { get; }

        internal MultiplicationMessage Message { get; }

        /// <summary>The honest message but for a₀ + 1 in one row, with η and μ recomputed for it.</summary>
        internal MultiplicationMessage Cheat(int row)
        {
            var masked = (byte[])Message.Masked.Clone();
            var at = masked.AsSpan(row * Multiplication.Width * 32, 32);
            (Scalar<Secp256k1>.Decode(at) + Scalar<Secp256k1>.One).Encode(at);

            // The sender knows both pads of every row, hence â too.
            var key = sender.RowsKey(Session, Message.Nonce);
            var (pads0, pads1) = (new Scalar<Secp256k1>[3], new Scalar<Secp256k1>[3]);
            sender.Pads(key, 0, 1, pads0, pads1);
            var mask = Scalar<Secp256k1>.Decode(Message.Masked.AsSpan(64, 32)) - pads0[2] + pads1[2];
            var theta = Multiplication.Coefficients(key, masked);
            var vector = new byte[TransferExtension.Count * 32];
            for (var j = 0; j < TransferExtension.Count; j++)
            {
                sender.Pads(key, j, 1, pads0, pads1);
                (pads0[2] + theta[0] * pads0[0] + theta[1] * pads0[1]).Encode(vector.AsSpan(32 * j));
            }
            return Message with
            {
                Masked = masked,
                Eta = mask + theta[0] * A0.Expose() + theta[1] * A1.Expose(),
                Mu = Multiplication.Prove(key, vector),
            };
        }

        public void Dispose()
        {
            Receiver.Dispose();
            sender.Dispose();
            A0.Dispose();
            A1.Dispose();
            C.Dispose();
            random.Dispose();
        }
    }
}
