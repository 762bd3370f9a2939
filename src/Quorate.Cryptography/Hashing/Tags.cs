namespace Quorate.Cryptography.Hashing;

/// <summary>
/// Every domain tag there is. Tags that a standard prescribes carry the standard's text; ours read
/// <c>quorate/v1/room/purpose</c>. Add here and nowhere else.
/// </summary>
public static class Tags
{
    // BIP 340, BIP 341.
    /// <summary>BIP 340: challenge.</summary>
    public static readonly Tag Bip340Challenge = new("BIP0340/challenge");
    /// <summary>BIP 340: auxiliary randomness.</summary>
    public static readonly Tag Bip340Aux = new("BIP0340/aux");
    /// <summary>BIP 340: nonce.</summary>
    public static readonly Tag Bip340Nonce = new("BIP0340/nonce");
    /// <summary>BIP 341: output key tweak.</summary>
    public static readonly Tag TapTweak = new("TapTweak");
    /// <summary>BIP 341: what a Taproot signature signs.</summary>
    public static readonly Tag TapSighash = new("TapSighash");

    // BIP 445.
    /// <summary>BIP 445: masks the secret share with randomness before it enters a nonce.</summary>
    public static readonly Tag Bip445Aux = new("BIP0445/aux");
    /// <summary>BIP 445: nonce generation.</summary>
    public static readonly Tag Bip445Nonce = new("BIP0445/nonce");
    /// <summary>BIP 445: nonce coefficient b.</summary>
    public static readonly Tag Bip445NonceCoefficient = new("BIP0445/noncecoef");
    /// <summary>BIP 445: nonces of the single last signer.</summary>
    public static readonly Tag Bip445DeterministicNonce = new("BIP0445/deterministic/nonce");

    // ChillDKG. Its text has no BIP number yet, hence the bare prefix.
    /// <summary>ChillDKG: hash of the session parameters, for comparison out of band.</summary>
    public static readonly Tag ChillDkgParameters = new("BIP DKG/params_hash");
    /// <summary>ChillDKG: seed of one session, from the host key and fresh randomness.</summary>
    public static readonly Tag ChillDkgSeed = new("BIP DKG/encpedpop seed");
    /// <summary>ChillDKG: secret encryption nonce.</summary>
    public static readonly Tag ChillDkgSecretNonce = new("BIP DKG/encpedpop secnonce");
    /// <summary>ChillDKG: auxiliary randomness of the proof of possession.</summary>
    public static readonly Tag ChillDkgProofAux = new("BIP DKG/simplpedpop aux");
    /// <summary>ChillDKG: coefficients of the secret polynomial.</summary>
    public static readonly Tag ChillDkgCoefficient = new("BIP DKG/vss coeffs");
    /// <summary>ChillDKG: pad over a share for another participant.</summary>
    public static readonly Tag ChillDkgPad = new("BIP DKG/encpedpop ecdh");
    /// <summary>ChillDKG: pad over the share for oneself.</summary>
    public static readonly Tag ChillDkgSelfPad = new("BIP DKG/encaps_multi self_pad");
    /// <summary>ChillDKG: proof of possession, challenge.</summary>
    public static readonly Tag ChillDkgProofChallenge = new("BIP DKG/pop message/challenge");
    /// <summary>ChillDKG: proof of possession, masking of the secret key.</summary>
    public static readonly Tag ChillDkgProofSigningAux = new("BIP DKG/pop message/aux");
    /// <summary>ChillDKG: proof of possession, nonce.</summary>
    public static readonly Tag ChillDkgProofNonce = new("BIP DKG/pop message/nonce");
    /// <summary>ChillDKG: prefix of what a participant signs for the success certificate.</summary>
    public static readonly Tag ChillDkgCertificate = new("BIP DKG/certeq message");
    /// <summary>ChillDKG: prefix of what a participant signs to acknowledge the recovery data.</summary>
    public static readonly Tag ChillDkgAcknowledgment = new("BIP DKG/recovery acknowledgment");
    /// <summary>Chain code of a key that ChillDKG generated: an addition of ours.</summary>
    public static readonly Tag ChillDkgChainCode = new("quorate/v1/chilldkg/chain-code");

    // Signatures.
    /// <summary>Seed of the coefficients of a batch of BIP 340 signatures.</summary>
    public static readonly Tag Bip340Batch = new("quorate/v1/signature/bip340-batch");
    /// <summary>Seed of the coefficients of a batch of Ed25519 signatures.</summary>
    public static readonly Tag Ed25519Batch = new("quorate/v1/signature/ed25519-batch");

    // Derivation.
    /// <summary>Additive derivation of Ed25519 child keys.</summary>
    public static readonly Tag Ed25519Derivation = new("quorate/v1/derivation/ed25519");

    // Sessions.
    /// <summary>Derivation of a session id from what the session is about.</summary>
    public static readonly Tag SessionSubject = new("quorate/v1/session/subject");
    /// <summary>What the messages of one run are bound to: protocol, session id and parties.</summary>
    public static readonly Tag SessionContext = new("quorate/v1/session/context");
    /// <summary>Digest of one broadcast message, as its receivers report it to each other.</summary>
    public static readonly Tag SessionBroadcast = new("quorate/v1/session/broadcast");

    // Channels between nodes.
    /// <summary>What a session is about, as every node that takes part must hold it.</summary>
    public static readonly Tag SessionDescription = new("quorate/v1/channel/description");
    /// <summary>One exchange of ephemeral keys between two nodes.</summary>
    public static readonly Tag ChannelExchange = new("quorate/v1/channel/exchange");
    /// <summary>Keys under which the nodes prove who they are, as the info of HKDF.</summary>
    public static readonly Tag ChannelProofKey = new("quorate/v1/channel/proof-key");
    /// <summary>Keys of a channel's records, as the info of HKDF.</summary>
    public static readonly Tag ChannelRecordKey = new("quorate/v1/channel/record-key");
    /// <summary>What every record of a channel is bound to: exchange and description.</summary>
    public static readonly Tag ChannelBinding = new("quorate/v1/channel/binding");
    /// <summary>A node's signature on its ephemeral key for one peer.</summary>
    public static readonly Tag StatedKey = new("quorate/v1/channel/stated/key");
    /// <summary>A node's signature on an exchange and on the description that it holds.</summary>
    public static readonly Tag StatedDescription = new("quorate/v1/channel/stated/description");
    /// <summary>A node's signature on its contribution to a session's id.</summary>
    public static readonly Tag StatedContribution = new("quorate/v1/channel/stated/contribution");
    /// <summary>A node's signature on all contributions as it got them: it is ready.</summary>
    public static readonly Tag StatedReadiness = new("quorate/v1/channel/stated/readiness");
    /// <summary>A node's signature on how far it has come in a session, and on what it has heard until then.</summary>
    public static readonly Tag StatedProgress = new("quorate/v1/channel/stated/progress");
    /// <summary>A node's signature on its giving up a session.</summary>
    public static readonly Tag StatedAbort = new("quorate/v1/channel/stated/abort");
    /// <summary>Running hash of what one party has broadcast in a session.</summary>
    public static readonly Tag BroadcastColumn = new("quorate/v1/channel/state/column");
    /// <summary>What all parties have broadcast in a session, as one party got it.</summary>
    public static readonly Tag BroadcastState = new("quorate/v1/channel/state/all");
    /// <summary>A leaf of the tree of the parties' states.</summary>
    public static readonly Tag StateLeaf = new("quorate/v1/channel/state/leaf");
    /// <summary>A node of the tree of the parties' states.</summary>
    public static readonly Tag StateNode = new("quorate/v1/channel/state/node");
    /// <summary>The root of the tree of the parties' states: how many leaves, and what is above them.</summary>
    public static readonly Tag StateRoot = new("quorate/v1/channel/state/root");
    /// <summary>Proof, by signature, of who is at the other end of a new connection.</summary>
    public static readonly Tag ConnectionProof = new("quorate/v1/channel/connection");

    // Keys.
    /// <summary>Digest of a public key package.</summary>
    public static readonly Tag KeyPackage = new("quorate/v1/key/package");
    /// <summary>Randomness of the check that verifying shares lie on one polynomial.</summary>
    public static readonly Tag KeyPackageCheck = new("quorate/v1/key/package-check");
    /// <summary>Proof that a party holds its share of a package.</summary>
    public static readonly Tag ShareHeld = new("quorate/v1/key/share-held");
    /// <summary>Nonce of a proof of knowledge, as the info of HKDF.</summary>
    public static readonly Tag SchnorrNonce = new("quorate/v1/proof/schnorr-nonce");
    /// <summary>What a resharing is about: old package, dealers, receivers, threshold and epoch.</summary>
    public static readonly Tag ResharePlan = new("quorate/v1/reshare/plan");
    /// <summary>The public shift of a new sharing, drawn from everybody's commitments.</summary>
    public static readonly Tag ReshareShift = new("quorate/v1/reshare/shift");
    /// <summary>Proof that a receiver has stored its new share: part of the certificate that retires the old ones.</summary>
    public static readonly Tag ReshareAcknowledgement = new("quorate/v1/reshare/acknowledgement");
    /// <summary>Public shift of the leading coefficient of a key from FROST's key generation.</summary>
    public static readonly Tag FrostKeygenShift = new("quorate/v1/frost/keygen-shift");
    /// <summary>Chain code of a key from FROST's key generation.</summary>
    public static readonly Tag FrostChainCode = new("quorate/v1/frost/chain-code");

    // DKLs23.
    /// <summary>Commitment to bytes that are opened later.</summary>
    public static readonly Tag Commitment = new("quorate/v1/commitment/value");
    /// <summary>One party's share of zero.</summary>
    public static readonly Tag ZeroShare = new("quorate/v1/zero-share/share");
    /// <summary>Seed of zero shares that two parties hold.</summary>
    public static readonly Tag ZeroSeed = new("quorate/v1/zero-share/seed");
    /// <summary>Digest that shows a peer the same seed of zero shares.</summary>
    public static readonly Tag ZeroSeedConfirmation = new("quorate/v1/zero-share/confirmation");
    /// <summary>Label of a batch of oblivious transfers: set-up, sender, receiver.</summary>
    public static readonly Tag TransferLabel = new("quorate/v1/transfer/label");
    /// <summary>The points that the base transfers subtract, a domain of RFC 9380.</summary>
    public static readonly Tag TransferPoint = new("quorate/v1/transfer/point");
    /// <summary>Everything said in a batch of base transfers.</summary>
    public static readonly Tag TransferBatch = new("quorate/v1/transfer/batch");
    /// <summary>Pad of a base transfer.</summary>
    public static readonly Tag TransferPad = new("quorate/v1/transfer/pad");
    /// <summary>Key of the expansion of base pads into columns.</summary>
    public static readonly Tag ExtensionColumns = new("quorate/v1/transfer/extension/columns");
    /// <summary>Coefficients of the extension's check.</summary>
    public static readonly Tag ExtensionCheck = new("quorate/v1/transfer/extension/check");
    /// <summary>Digest of the extension's checked columns.</summary>
    public static readonly Tag ExtensionProof = new("quorate/v1/transfer/extension/proof");
    /// <summary>Key of the hash of the extension's rows into pads.</summary>
    public static readonly Tag ExtensionRows = new("quorate/v1/transfer/extension/rows");
    /// <summary>The public gadget vector of the multiplication.</summary>
    public static readonly Tag Gadget = new("quorate/v1/dkls23/gadget");
    /// <summary>Coefficients of the multiplication's check.</summary>
    public static readonly Tag MultiplicationCheck = new("quorate/v1/dkls23/multiplication/check");
    /// <summary>Digest of the multiplication's checked vector.</summary>
    public static readonly Tag MultiplicationProof = new("quorate/v1/dkls23/multiplication/proof");
    /// <summary>What stands for a key through all its sharings and children: public key and chain code.</summary>
    public static readonly Tag Dkls23Key = new("quorate/v1/dkls23/key");
    /// <summary>Id of a generation of pairwise set-ups: all parties' contributions.</summary>
    public static readonly Tag Dkls23Setup = new("quorate/v1/dkls23/setup");
    /// <summary>Subject of the transfers that try a set-up out.</summary>
    public static readonly Tag Dkls23Trial = new("quorate/v1/dkls23/trial");
    /// <summary>Chain code of a key from DKLs23's key generation.</summary>
    public static readonly Tag Dkls23ChainCode = new("quorate/v1/dkls23/chain-code");
    /// <summary>Randomness of one signing session, as the info of HKDF.</summary>
    public static readonly Tag Dkls23Randomness = new("quorate/v1/dkls23/randomness");
    /// <summary>The public shift of a presignature's nonce.</summary>
    public static readonly Tag Dkls23Rerandomization = new("quorate/v1/dkls23/rerandomization");
    /// <summary>Id of a signing session after its first round.</summary>
    public static readonly Tag Dkls23Sign = new("quorate/v1/dkls23/sign");

    // Policies.
    /// <summary>Hash of an intent: what approvers sign and what a passkey gets as its challenge.</summary>
    public static readonly Tag Intent = new("quorate/v1/policy/intent");
    /// <summary>What a device key signs to approve an intent.</summary>
    public static readonly Tag IntentApproval = new("quorate/v1/policy/intent-approval");
    /// <summary>Content hash of a policy document.</summary>
    public static readonly Tag PolicyDocument = new("quorate/v1/policy/document");

    // Nodes.
    /// <summary>Content hash of a genesis document: what a deployment is.</summary>
    public static readonly Tag Genesis = new("quorate/v1/node/genesis");
    /// <summary>One administrator's order to freeze: what he signs.</summary>
    public static readonly Tag FreezeOrder = new("quorate/v1/node/freeze-order");
    /// <summary>Hash of an administrators' act: what they sign.</summary>
    public static readonly Tag AdministrativeAct = new("quorate/v1/node/administrative-act");
    /// <summary>What a node's vault and its statements know a key by: scheme, public key and chain code.</summary>
    public static readonly Tag NodeKey = new("quorate/v1/node/key");
    /// <summary>What stands for everything in a vault at one revision.</summary>
    public static readonly Tag VaultManifest = new("quorate/v1/node/vault/manifest");
    /// <summary>What a node signs when it has destroyed its share of a key.</summary>
    public static readonly Tag ShareDestroyed = new("quorate/v1/node/vault/share-destroyed");
    /// <summary>Hash of a ceremony's order: what administrators sign.</summary>
    public static readonly Tag CeremonyOrder = new("quorate/v1/node/ceremony/order");
    /// <summary>The name of one session of a ceremony's attempt.</summary>
    public static readonly Tag CeremonySession = new("quorate/v1/node/ceremony/session");
    /// <summary>What a session of a ceremony is about: order, attempt, plan and step.</summary>
    public static readonly Tag CeremonySubject = new("quorate/v1/node/ceremony/subject");
    /// <summary>What a node signs when it has stored its part of an attempt.</summary>
    public static readonly Tag CeremonyAttestation = new("quorate/v1/node/ceremony/attestation");
    /// <summary>What a node signs that has not attested an attempt and never will.</summary>
    public static readonly Tag CeremonyVow = new("quorate/v1/node/ceremony/vow");
    /// <summary>What a signing session is about: intent, input, epoch and path.</summary>
    public static readonly Tag SigningSubject = new("quorate/v1/node/signing-subject");
    /// <summary>What a session is about that prepares a signature: key, epoch, wallet and lead.</summary>
    public static readonly Tag PresigningSubject = new("quorate/v1/node/presigning-subject");
    /// <summary>What a node signs when it says what it has decided on an intent.</summary>
    public static readonly Tag NodeDecision = new("quorate/v1/node/decision");
    /// <summary>A signed letter between nodes outside of sessions.</summary>
    public static readonly Tag Letter = new("quorate/v1/node/letter");

    // Servers.
    /// <summary>Keys that deliveries to an endpoint are signed with, as the info of HKDF.</summary>
    public static readonly Tag WebhookKey = new("quorate/v1/server/webhook-key");
}
