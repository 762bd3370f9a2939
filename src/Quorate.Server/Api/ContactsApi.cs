using Google.Protobuf.WellKnownTypes;
using Quorate.Rpc.Server;
using Quorate.Server.Access;
using Quorate.Server.AddressBook;
using Quorate.Server.Ids;
using Quorate.V1;
using Contact = Quorate.V1.Contact;

namespace Quorate.Server.Api;

/// <summary>quorate.v1.Contacts.</summary>
sealed class ContactsApi(ApiParts server)
{
    public Task<Contact> CreateContact(CreateContactRequest request, ServerCallContext context) => Answers.Of(async () =>
    {
        var id = server.Store.Ids.Next(ResourceKind.Contact);
        context.HttpStatusCode = 201;
        return await DoAsync(id, new ContactCommand.Add(server.Now, id, request.Name, request.Account, Answers.Text(request.Note)), context).ConfigureAwait(false);
    });

    public Task<Contact> GetContact(GetContactRequest request, ServerCallContext context) => Answers.Of(async () =>
    {
        var (state, version) = await server.Store.Contacts.FindAsync(request.Contact, ResourceKind.Contact, context).ConfigureAwait(false);
        return Message(state, version);
    });

    public Task<ListContactsResponse> ListContacts(ListContactsRequest request, ServerCallContext context) => Answers.Of(async () =>
    {
        var response = new ListContactsResponse();
        response.NextPageToken = await server.Store.ListAsync(server.Store.Contacts, "contact", null, request.PageSize, request.PageToken, (state, version) =>
        {
            if (!state.IsRemoved)
                response.Contacts.Add(Message(state, version));
        }, context).ConfigureAwait(false);
        return response;
    });

    public Task<Contact> UpdateContact(UpdateContactRequest request, ServerCallContext context) => Answers.Of(() =>
        DoAsync(Answers.Id(request.Contact, ResourceKind.Contact, "/contact"), new ContactCommand.Change(server.Now, request.Name, Answers.Text(request.Note)), context));

    public Task<Contact> DeleteContact(DeleteContactRequest request, ServerCallContext context) => Answers.Of(() =>
        DoAsync(Answers.Id(request.Contact, ResourceKind.Contact, "/contact"), new ContactCommand.Remove(server.Now, Caller.Of(context).ActingAs(request.By, "/by")), context));

    Task<Contact> DoAsync(ResourceId id, ContactCommand command, ServerCallContext context) => server.Store.Contacts.DoAsync(id, command, Message, context);

    static Contact Message(AddressBook.Contact contact, long version) => new()
    {
        Id = contact.Id.ToString(), Name = contact.Name, Account = contact.Account, Note = contact.Note ?? "", Deleted = contact.IsRemoved, Version = version,
        CreateTime = Timestamp.FromDateTimeOffset(contact.Id.MadeAt),
    };
}
