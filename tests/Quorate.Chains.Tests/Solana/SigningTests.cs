using Quorate.Chains.Solana;
using Quorate.Chains.Solana.Programs;
using Quorate.Cryptography.Derivation;

namespace Quorate.Chains.Tests.Solana;

public sealed class SigningTests : IDisposable
{
    readonly SolanaScene scene = new(7);

    public void Dispose() => scene.Dispose();

    byte[] Single => scene.Message(SystemProgram.Transfer(scene.Me, scene.Other, 7)).Encode();

    byte[] Double => scene.Message(SystemProgram.Transfer(scene.Other, scene.Me, 7)).Encode();

    [Fact]
    public void What_is_signed_is_the_whole_message()
    {
        var unsigned = Single;
        var input = Assert.Single(scene.Format.GetSigningInputs(unsigned, scene.Context()));
        Assert.Equal((0, SignatureScheme.Ed25519, scene.A(scene.Me), SolanaScene.Path), (input.Index, input.Scheme, input.Signer, input.Path));
        Assert.Equal(unsigned, input.Payload.ToArray());
        Assert.Null(input.MerkleRoot);
    }

    [Fact]
    public void Every_signer_is_named_and_only_the_wallet_has_a_path()
    {
        var inputs = scene.Format.GetSigningInputs(Double, scene.Context());
        Assert.Equal([scene.A(scene.Me), scene.A(scene.Other)], inputs.Select(i => i.Signer));
        Assert.Equal([SolanaScene.Path, null], inputs.Select(i => i.Path));
        Assert.Equal([0, 1], inputs.Select(i => i.Index));
    }

    [Fact]
    public void The_id_is_the_payer_s_signature()
    {
        var unsigned = Double;
        var signed = scene.Sign(unsigned).ToArray();
        Assert.Equal(Base58.Encode(signed.AsSpan(1, 64)), SolanaFormat.TransactionId(signed));
        Assert.Equal([2, .. signed[1..129], .. unsigned], signed);
    }

    [Fact]
    public void A_signed_transaction_has_the_effects_of_its_message()
    {
        var unsigned = Double;
        var (before, after) = (scene.Format.Decode(unsigned, scene.Context()), scene.Format.Decode(scene.Sign(unsigned), scene.Context()));
        Assert.Equal(before.Items.AsEnumerable(), after.Items);
        Assert.Equal(before.Fee, after.Fee);
    }

    [Fact]
    public void Missing_superfluous_foreign_and_wrong_signatures_are_refused()
    {
        var unsigned = Double;
        var inputs = scene.Format.GetSigningInputs(unsigned, scene.Context());
        var (first, second) = (scene.SignInput(inputs[0]), scene.SignInput(inputs[1]));
        void Refused(string why, params InputSignature[] signatures) =>
            Assert.Contains(why, Assert.Throws<ArgumentException>(() => scene.Format.Assemble(unsigned, scene.Context(), signatures)).Message, StringComparison.Ordinal);

        Refused("missing");
        Refused("missing", first);
        Refused("missing", second);
        Refused("another one already", first, first);
        Refused("index 2", first, second, first with { Index = 2 });
        Refused("index -1", first with { Index = -1 }, second);
        Refused("public key", first, second with { PublicKey = first.PublicKey });
        Refused("public key", first, first with { Index = 1 });
        Refused("does not verify", first, second with { Signature = first.Signature });
        Refused("does not verify", first, second with { Signature = second.Signature[..63] });
        var other = scene.Format.GetSigningInputs(Single, scene.Context())[0];
        Refused("does not verify", scene.SignInput(other), second);
        Assert.NotEqual(0, scene.Format.Assemble(unsigned, scene.Context(), [second, first]).Length);
    }

    [Fact]
    public void A_message_that_needs_no_signature_of_the_wallet_is_refused()
    {
        var foreign = SolanaMessage.Compile(SolanaMessageVersion.Legacy, scene.Other, scene.Hash(), SystemProgram.Transfer(scene.Other, scene.Me, 7)).Encode();
        Assert.Throws<FormatException>(() => scene.Format.Decode(foreign, scene.Context()));
        Assert.Throws<FormatException>(() => scene.Format.GetSigningInputs(foreign, scene.Context()));
    }

    [Fact]
    public void A_signed_transaction_is_not_signed_again_and_a_forged_one_not_shown()
    {
        var signed = scene.Sign(Single).ToArray();
        Assert.Throws<FormatException>(() => scene.Format.GetSigningInputs(signed, scene.Context()));
        signed[5] ^= 1;
        Assert.Throws<FormatException>(() => scene.Format.Decode(signed, scene.Context()));
        signed.AsSpan(1, 64).Clear();
        Assert.Throws<FormatException>(() => scene.Format.Decode(signed, scene.Context()));
    }

    [Fact]
    public void A_context_of_another_cluster_is_the_caller_s_mistake()
    {
        var devnet = new SolanaFormat(SolanaCluster.Devnet);
        Assert.Throws<ArgumentException>(() => devnet.Decode(Single, scene.Context()));
    }

    [Fact]
    public void What_is_decoded_can_not_be_changed_behind_one_s_back()
    {
        var bytes = Single;
        var message = SolanaMessage.Decode(bytes);
        var before = message.Encode();
        Array.Fill(bytes, (byte)9);
        Assert.Equal(before, message.Encode());
    }
}
