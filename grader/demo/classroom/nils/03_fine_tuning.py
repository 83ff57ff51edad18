# %% question="load_backbone"
def load_backbone(model,checkpoint):
    own=model.state_dict()
    first=list(checkpoint)[0]
    cuts=[0]+[i+1 for i,c in enumerate(first) if c=='.']
    cut=max(cuts,key=lambda c:sum(k[c:] in own for k in checkpoint))
    sd={k[cut:]:v for k,v in checkpoint.items()}
    ok=[k for k in own if k in sd and sd[k].shape==own[k].shape]
    if not ok: raise ValueError('nothing fits')
    model.load_state_dict({k:sd[k] for k in ok},strict=False)
    return LoadReport(ok,[k for k in own if k not in sd],[k for k in own if k in sd and k not in ok],[k for k in sd if k not in own])
# %% question="param_groups"
def param_groups(model,lr_head,lr_body,wd):
    g=[]
    for n,p in model.named_parameters():
        if p.requires_grad:
            h=any(w in n for w in HEADS)
            g.append({'params':[p],'lr':lr_head if h else lr_body,'weight_decay':wd if p.ndim>1 else 0})
    return g
# %% question="unfreeze_top"
def unfreeze_top(model,optimizer,k):
    B=blocks_of(model)
    for b in B[:len(B)-k]: b.eval()
    new=[]
    for b in B[len(B)-k:]:
        b.train()
        new+=[p for p in b.parameters() if not p.requires_grad]
        b.requires_grad_(True)
    head_of(model).train()
    if new: optimizer.add_param_group({'params':new,'lr':optimizer.param_groups[0]['lr']/10})
# %% question="fine_tune"
def fine_tune(model,train,val,cfg):
    m=model.training
    opt=torch.optim.SGD([p for p in model.parameters() if p.requires_grad],lr=cfg.lr)
    best=None;low=1e9;wait=0;hist=[]
    for e in range(cfg.epochs):
        model.train();s=n=0
        for x,y in train:
            opt.zero_grad()
            l=F.cross_entropy(model(x),y)
            l.backward();opt.step()
            s+=l.item()*len(y);n+=len(y)
        model.eval();v=a=c=0
        with torch.no_grad():
            for x,y in val:
                o=model(x)
                v+=F.cross_entropy(o,y).item()*len(y);a+=(o.argmax(1)==y).sum().item();c+=len(y)
        hist.append({'train_loss':s/n,'val_loss':v/c,'val_accuracy':a/c})
        if v/c<low:
            low=v/c;best=model.state_dict();wait=0
        else: wait+=1
        if wait==cfg.patience: break
    model.train(m)
    return best,hist
# %% question="lp_then_ft"
def lp_then_ft(model,train,cfg):
    for p in model.parameters(): p.requires_grad=False
    for p in head_of(model).parameters(): p.requires_grad=True
    model.eval();head_of(model).train()
    for ep,lr in ((cfg.lp_epochs,cfg.lr_head),(cfg.ft_epochs,cfg.lr_body)):
        o=torch.optim.SGD([p for p in model.parameters() if p.requires_grad],lr=lr)
        for _ in range(ep):
            for x,y in train:
                o.zero_grad();F.cross_entropy(model(x),y).backward();o.step()
        for p in model.parameters(): p.requires_grad=True
        model.train()
    return model.eval()
