using Quorate.Cryptography.Curves;
using Quorate.Testing;
using Quorate.Threshold.Tests.Sessions;
using Quorate.Threshold.Transfer;

namespace Quorate.Threshold.Tests.Transfer;

/// <summary>Choices, keys, pads and Δ go with the object that held them.</summary>
[Collection(SecretCounting.Name)]
public sealed class TransferSecretsTests
{
    static readonly byte[] label = TransferLabel.Create([1], new(1), new(2));

    [Fact]
    public void Base_transfers_leave_nothing()
    {
        var live = new LiveSecrets();
        using var random = new SeededRandom(21);
        using (var receiver = new BaseTransferReceiver(label, new byte[16], random))
        {
            Assert.Equal(2, live.More);
            using var sender = new BaseTransferSender(label, random);
            Assert.Equal(3, live.More);
            receiver.Finish(sender.Key, new byte[BaseTransfer.PadsSize]);
        }
        Assert.Equal(0, live.More);
    }

    [Fact]
    public void The_extension_leaves_nothing_whether_its_check_passes_or_fails()
    {
        var pair = new TransferPair(22);
        var live = new LiveSecrets();
        using (var random = new SeededRandom(22))
        using (var receiver = new ExtensionReceiver(label, pair.Pads0, pair.Pads1, random))
        {
            Assert.Equal(2, live.More);
            using (var sender = ExtensionSender.TryCreate(label, pair.Delta, pair.Chosen, receiver.Message)!)
            {
                Assert.Equal(4, live.More);
                sender.Pads(sender.RowsKey([1], new byte[32]), 0, 1, new Scalar<Secp256k1>[3], new Scalar<Secp256k1>[3]);
            }
            byte[] changed = [.. receiver.Message];
            changed[^1] ^= 1;
            Assert.Null(ExtensionSender.TryCreate(label, pair.Delta, pair.Chosen, changed));
            Assert.Equal(2, live.More);
        }
        Assert.Equal(0, live.More);
    }
}
